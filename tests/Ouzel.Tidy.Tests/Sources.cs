using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ouzel.Tidy.Tests;

/// <summary>The C# of this checkout as syntax, parsed once for all rules.</summary>
internal static class Sources
{
    private static readonly CSharpParseOptions Options =
        CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview).WithDocumentationMode(DocumentationMode.Parse);

    private static readonly Lazy<IReadOnlyList<SourceFile>> Parsed = new(() => [.. Checkout.CSharp.Select(f => Parse(f, Checkout.Read(f)))]);

    public static IReadOnlyList<SourceFile> All => Parsed.Value;

    public static IEnumerable<SourceFile> Under(string folder) => All.Where(f => f.Path.StartsWith(folder + "/", StringComparison.Ordinal));

    /// <summary>Parses a text as if it stood at a path: a rule is shown what it must find.</summary>
    public static SourceFile Parse(string path, string text) => new(path, CSharpSyntaxTree.ParseText(text, Options).GetRoot());

    public static int Line(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}

/// <summary>One file, its path relative to the root.</summary>
internal sealed record SourceFile(string Path, SyntaxNode Root)
{
    /// <summary>The folder of its project: two names below the root, one for a file that every suite compiles.</summary>
    public string Project => string.Join('/', Path.Split('/')[..^1].Take(2));
}
