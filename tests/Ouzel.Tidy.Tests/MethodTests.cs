using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Tidy.Tests;

/// <summary>The length of methods, from the line of the name to the last brace.</summary>
public sealed class MethodTests
{
    /// <summary>A ratchet: lowered when the longest method allows it, never raised.</summary>
    private const int LinesMax = 60;

    /// <summary>Methods above the ceiling. The list only shrinks: a number that is too high fails as well.</summary>
    private static readonly Dictionary<string, int> Above = new(StringComparer.Ordinal)
    {
        ["src/Ouzel.Broker/Partitions/PartitionTable.cs OpenNow"] = 72,
        ["src/Ouzel.Client/Consuming/ConsumerCore.Commits.cs TryCommitAsync"] = 62,
        ["src/Ouzel.Generators/Messages/FieldParser.cs Field"] = 76,
        ["src/Ouzel.Protocol/Records/Validation/PackedRecords.cs Step"] = 72,
        ["src/Ouzel.Storage/IndexFile.cs LastAtMost"] = 72,
        ["src/Ouzel.Storage/PartitionLog.Append.cs AppendChecked"] = 61,
        ["src/Ouzel.Storage/PartitionLog.Read.cs TryRead"] = 61,
        ["tests/Ouzel.Broker.Tests/Partitions/StalledDiskTests.cs While_a_disk_does_not_sync_others_are_served_and_nothing_acknowledged_is_lost"] = 62,
        ["tests/Ouzel.Client.Tests/Documents/ClientPageTests.cs The_pages_code_runs"] = 71,
        ["tests/Ouzel.Storage.Tests/DamageModelTests.cs PlayAsync"] = 62,
        ["tests/Ouzel.Storage.Tests/GoldenLogTests.cs Compare"] = 61,
    };

    [Fact]
    public void No_method_is_longer_than_the_ceiling() =>
        Checkout.NothingFound(Wrong(Sources.All, Above), $"A method ends at {LinesMax} lines, better at a screen. Branch in the caller, compute in the callee:");

    [Fact]
    public void A_longer_method_is_found()
    {
        SourceFile[] fits = [Sources.Parse("src/A/B.cs", Text(LinesMax))];
        SourceFile[] exceeds = [Sources.Parse("src/A/B.cs", Text(LinesMax + 1))];
        Assert.Empty(Wrong(fits, []));
        Assert.Equal([$"src/A/B.cs:1 Do has {LinesMax + 1} lines"], Wrong(exceeds, []));
        Assert.Empty(Wrong(exceeds, new() { ["src/A/B.cs Do"] = LinesMax + 1 }));
        Assert.Equal([$"src/A/B.cs Do has 0 lines above the ceiling, the list says {LinesMax + 1}"], Wrong(fits, new() { ["src/A/B.cs Do"] = LinesMax + 1 }));
    }

    private static string Text(int lines) => "class B { void Do()" + new string('\n', lines - 1) + "{} }";

    private static List<string> Wrong(IEnumerable<SourceFile> files, Dictionary<string, int> above)
    {
        var longer = files.SelectMany(f => f.Root.DescendantNodes().Where(IsMethod)
            .Select(m => (Place: $"{f.Path}:{FirstLine(m)} {Name(m)}", Key: $"{f.Path} {Name(m)}", Lines: Lines(m)))
            .Where(m => m.Lines > LinesMax)).ToList();
        return
        [
            .. longer.Where(m => !above.TryGetValue(m.Key, out var allowed) || m.Lines > allowed).Select(m => $"{m.Place} has {m.Lines} lines"),
            .. above.Select(a => (a.Key, a.Value, Lines: longer.Where(m => m.Key == a.Key).Select(m => m.Lines).DefaultIfEmpty().Max()))
                .Where(a => a.Lines < a.Value).Select(a => $"{a.Key} has {a.Lines} lines above the ceiling, the list says {a.Value}"),
        ];
    }

    private static bool IsMethod(SyntaxNode node) => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax;

    private static string Name(SyntaxNode method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } => property.Identifier.Text,
        _ => method.Kind().ToString(),
    };

    private static int Lines(SyntaxNode method) => method.GetLocation().GetLineSpan().EndLinePosition.Line + 2 - FirstLine(method);

    /// <summary>The line of the first word behind attributes.</summary>
    private static int FirstLine(SyntaxNode method)
    {
        var attributes = method.ChildNodes().OfType<AttributeListSyntax>().LastOrDefault();
        var first = attributes is null ? method.GetFirstToken() : attributes.GetLastToken().GetNextToken();
        return first.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
    }
}
