using System.Text.RegularExpressions;

namespace Ouzel.Interop.Tests.Documents;

/// <summary>One fenced block of a page.</summary>
/// <param name="Page">The page, from the root of the checkout.</param>
/// <param name="Line">Of the fence.</param>
/// <param name="Language">Behind the fence; empty when it names none.</param>
/// <param name="Text">The block, without what the fence is set in by.</param>
/// <param name="File">The file name in backquotes that stands last in the lines before the block, if any.</param>
internal sealed partial record Snippet(string Page, int Line, string Language, string Text, string? File)
{
    public string Place => $"{Page}:{Line}";

    /// <summary>All blocks of all pages that users and contributors read, in their order.</summary>
    public static List<Snippet> All() => [.. Pages().SelectMany(p => Of(p, System.IO.File.ReadAllLines(Path.Combine(Checkout.Root, p))))];

    public static IEnumerable<string> Pages() => Directory.GetFiles(Checkout.Root, "*.md")
        .Concat(Directory.GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories))
        .Append(Path.Combine(Checkout.Clients, "README.md"))
        .Select(p => Path.GetRelativePath(Checkout.Root, p))
        .Order(StringComparer.Ordinal);

    public static IEnumerable<Snippet> Of(string page, IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var fence = Fence().Match(lines[i]);
            if (!fence.Success)
            {
                continue;
            }

            var end = Enumerable.Range(i + 1, lines.Count - i - 1).First(j => lines[j].TrimStart() == "```");
            var indent = fence.Groups[1].Length;
            var text = string.Join('\n', lines.Skip(i + 1).Take(end - i - 1).Select(l => l.Length < indent ? l.TrimStart() : l[indent..])) + "\n";
            var before = lines.Take(i).LastOrDefault(l => l.Length > 0) ?? "";
            yield return new Snippet(page, i + 1, fence.Groups[2].Value, text, FileName().Matches(before).LastOrDefault()?.Groups[1].Value);
            i = end;
        }
    }

    [GeneratedRegex("^( *)```(.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex("`([\\w.-]+\\.m?js)`")]
    private static partial Regex FileName();
}
