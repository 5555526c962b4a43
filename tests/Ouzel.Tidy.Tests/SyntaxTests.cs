using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Tidy.Tests;

/// <summary>Rules that need to know what is code and what is text.</summary>
public sealed class SyntaxTests
{
    private static readonly CSharpParseOptions Options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);

    private static readonly Lazy<IReadOnlyList<(string File, SyntaxNode Root)>> Trees =
        new(() => [.. Checkout.CSharp.Select(f => (f, CSharpSyntaxTree.ParseText(Checkout.Read(f), Options).GetRoot()))]);

    [Fact]
    public void Every_test_can_fail()
    {
        var tests = new List<(string Place, MethodDeclarationSyntax Method)>();
        var asserting = new HashSet<string>(StringComparer.Ordinal);
        var calls = new List<(string Name, HashSet<string> Called)>();
        foreach (var (file, root) in Trees.Value.Where(t => t.File.StartsWith("tests/", StringComparison.Ordinal)))
        {
            foreach (var method in root.DescendantNodes().OfType<MethodDeclarationSyntax>())
            {
                if (IsTest(method))
                {
                    tests.Add(($"{file}:{Line(method)} {method.Identifier.Text}", method));
                }

                AddBody(method.Identifier.Text, method);
            }

            foreach (var function in root.DescendantNodes().OfType<LocalFunctionStatementSyntax>())
            {
                AddBody(function.Identifier.Text, function);
            }
        }

        // What asserts, by name: first directly, then through what it calls, until nothing is added.
        int before;
        do
        {
            before = asserting.Count;
            asserting.UnionWith(calls.Where(c => c.Called.Overlaps(asserting)).Select(c => c.Name));
        }
        while (asserting.Count > before);

        List<string> empty = [.. tests.Where(t => !Asserts(t.Method) && !Called(t.Method).Overlaps(asserting)).Select(t => t.Place)];
        Assert.NotEmpty(tests);
        Checkout.NothingFound(empty, "These tests assert nothing, so they cannot fail:");

        void AddBody(string name, SyntaxNode body)
        {
            if (Asserts(body))
            {
                asserting.Add(name);
            }

            calls.Add((name, Called(body)));
        }
    }

    [Fact]
    public void No_catch_is_silent()
    {
        List<string> wrong = [.. Trees.Value.SelectMany(t => t.Root.DescendantNodes().OfType<CatchClauseSyntax>()
            .Where(c => c.Block.Statements.Count == 0 && !c.Block.DescendantTrivia().Any(IsComment))
            .Select(c => $"{t.File}:{Line(c)}"))];
        Checkout.NothingFound(wrong, "Act on the exception, or say in the block why there is nothing to do:");
    }

    [Fact]
    public void Source_files_have_file_scoped_namespaces()
    {
        List<string> wrong = [.. Trees.Value.Where(t => t.Root.DescendantNodes().OfType<NamespaceDeclarationSyntax>().Any()).Select(t => t.File)];
        Checkout.NothingFound(wrong, "namespace X; saves a level of indentation:");
    }

    [Fact]
    public void Namespaces_are_the_folders()
    {
        var wrong = new List<string>();
        foreach (var (file, root) in Trees.Value.Where(t => t.File.StartsWith("src/", StringComparison.Ordinal)))
        {
            var space = root.DescendantNodes().OfType<FileScopedNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();
            var project = file.Split('/')[1];
            if (space is not null && !space.StartsWith(project, StringComparison.Ordinal) && !space.StartsWith("System.", StringComparison.Ordinal))
            {
                wrong.Add($"{file}: {space}");
            }
        }

        Checkout.NothingFound(wrong, "A type is looked for where its namespace says:");
    }

    private static bool IsTest(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(l => l.Attributes).Any(a => a.Name.ToString() is "Fact" or "Theory");

    /// <summary>An xunit assertion, an FsCheck run, or a throw.</summary>
    private static bool Asserts(SyntaxNode body) => body.DescendantNodes().Any(n => n switch
    {
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Assert" } } => true,
        MemberAccessExpressionSyntax { Name.Identifier.Text: "QuickCheckThrowOnFailure" or "VerboseCheckThrowOnFailure" } => true,
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Check" } } => true,
        ThrowStatementSyntax or ThrowExpressionSyntax => true,
        _ => false,
    });

    private static HashSet<string> Called(SyntaxNode body) => [.. body.DescendantNodes().OfType<InvocationExpressionSyntax>().Select(i => i.Expression switch
    {
        IdentifierNameSyntax name => name.Identifier.Text,
        GenericNameSyntax name => name.Identifier.Text,
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text,
        MemberBindingExpressionSyntax member => member.Name.Identifier.Text,
        _ => "",
    })];

    private static bool IsComment(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);

    private static int Line(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
