using System.Text.RegularExpressions;

namespace Ouzel.Packages.Tests;

/// <summary>The code of docs/hosting.md: each piece is a region of a sample, which is run here.</summary>
public sealed partial class PageTests
{
    [Fact]
    public void Every_snippet_of_the_page_is_a_region_of_a_sample()
    {
        var page = File.ReadAllText(Path.Combine(CheckoutTree.Root, "docs", "hosting.md"));
        var samples = Directory.EnumerateFiles(Path.Combine(CheckoutTree.Root, "samples"), "Program.cs", SearchOption.AllDirectories).SelectMany(f => Region().Matches(File.ReadAllText(f)));
        List<string> regions = [.. samples.Select(m => m.Groups[2].Value.Trim('\n'))];
        List<string> snippets = [.. Snippet().Matches(page).Select(m => m.Groups[1].Value.Trim('\n'))];

        Assert.Equal(4, snippets.Count);
        Assert.All(snippets, s => Assert.Contains(s, regions));
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex("// <([a-z-]+)>\n(.*?)// </\\1>", RegexOptions.Singleline)]
    private static partial Regex Region();
}
