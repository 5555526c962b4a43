using System.Text.RegularExpressions;

namespace Ouzel.Testing.Tests;

/// <summary>docs/testing.md shows code that this suite has compiled and run: the regions of samples/Testing.</summary>
public sealed partial class PageTests
{
    [Fact]
    public void Every_snippet_of_the_page_is_a_region_of_a_sample()
    {
        var page = File.ReadAllText(Path.Combine(CheckoutTree.Root, "docs", "testing.md"));
        var regions = Directory.GetFiles(Path.Combine(CheckoutTree.Root, "samples", "Testing"), "*.cs").SelectMany(RegionsOf);
        List<string> snippets = [.. Snippet().Matches(page).Select(match => match.Groups[1].Value.Trim('\n'))];

        Assert.NotEmpty(snippets);
        Assert.Equal(snippets.Order(StringComparer.Ordinal), regions.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> RegionsOf(string path)
    {
        List<string>? region = null;
        foreach (var line in File.ReadLines(path))
        {
            if (Begin().IsMatch(line))
            {
                region = [];
            }
            else if (End().IsMatch(line))
            {
                var lines = region!;
                var indent = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
                yield return string.Join('\n', lines.Select(l => l.Length > 0 ? l[indent..] : l)).Trim('\n');
                region = null;
            }
            else
            {
                region?.Add(line);
            }
        }
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"^\s*// <[a-z-]+>$")]
    private static partial Regex Begin();

    [GeneratedRegex(@"^\s*// </[a-z-]+>$")]
    private static partial Regex End();
}
