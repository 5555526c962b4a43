using System.Text.RegularExpressions;

namespace Ouzel.Tidy.Tests;

/// <summary>Documents lead where they say.</summary>
public sealed partial class DocumentTests
{
    private static IEnumerable<string> Pages => Checkout.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Links_lead_to_files()
    {
        var broken = new List<string>();
        foreach (var page in Pages)
        {
            foreach (Match link in Link().Matches(Checkout.Read(page)))
            {
                var target = link.Groups[1].Value.Split('#')[0];
                if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                {
                    continue;
                }

                var path = Path.GetFullPath(Path.Combine(Checkout.Root, Path.GetDirectoryName(page)!, target));
                if (!File.Exists(path) && !Directory.Exists(path))
                {
                    broken.Add($"{page}: {link.Value}");
                }
            }
        }

        Checkout.NothingFound(broken, "These links lead nowhere:");
    }

    [Fact]
    public void Every_page_can_be_reached_from_the_index()
    {
        var index = Checkout.Read("docs/README.md");
        List<string> unreachable = [.. Pages.Where(p => p.StartsWith("docs/", StringComparison.Ordinal) && p != "docs/README.md" && !p.StartsWith("docs/decisions/", StringComparison.Ordinal))
            .Where(p => !index.Contains($"({p["docs/".Length..]}", StringComparison.Ordinal))];
        Checkout.NothingFound(unreachable, "Add a line to docs/README.md:");
    }

    [Fact]
    public void Decisions_have_a_number_of_their_own_and_say_it()
    {
        var wrong = new List<string>();
        var numbers = new Dictionary<int, string>();
        foreach (var page in Pages.Where(p => p.StartsWith("docs/decisions/", StringComparison.Ordinal)))
        {
            var name = DecisionName().Match(Path.GetFileName(page));
            if (!name.Success)
            {
                wrong.Add($"{page}: NNNN-title.md");
                continue;
            }

            var number = int.Parse(name.Groups[1].Value);
            if (!numbers.TryAdd(number, page))
            {
                wrong.Add($"{page}: {numbers[number]} has this number");
            }

            if (!Checkout.Read(page).StartsWith($"# {number}. ", StringComparison.Ordinal))
            {
                wrong.Add($"{page}: the first line is \"# {number}. Title\"");
            }
        }

        Assert.NotEmpty(numbers);
        Checkout.NothingFound(wrong, "A decision is cited by its number:");
    }

    [GeneratedRegex(@"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^(\d{4})-[a-z0-9-]+\.md$")]
    private static partial Regex DecisionName();
}
