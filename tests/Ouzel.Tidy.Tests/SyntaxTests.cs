using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Tidy.Tests;

/// <summary>Rules that need to know what is code and what is text.</summary>
public sealed class SyntaxTests
{
    [Fact]
    public void No_catch_is_silent()
    {
        List<string> wrong = [.. Sources.All.SelectMany(t => t.Root.DescendantNodes().OfType<CatchClauseSyntax>()
            .Where(c => c.Block.Statements.Count == 0 && !c.Block.DescendantTrivia().Any(IsComment))
            .Select(c => $"{t.Path}:{Sources.Line(c)}"))];
        Checkout.NothingFound(wrong, "Act on the exception, or say in the block why there is nothing to do:");
    }

    [Fact]
    public void Source_files_have_file_scoped_namespaces()
    {
        List<string> wrong = [.. Sources.All.Where(t => t.Root.DescendantNodes().OfType<NamespaceDeclarationSyntax>().Any()).Select(t => t.Path)];
        Checkout.NothingFound(wrong, "namespace X; saves a level of indentation:");
    }

    private static bool IsComment(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);
}
