namespace Ouzel.Interop.Tests.Documents;

/// <summary>Every command and program of the pages does what the page says, against the built broker.</summary>
public sealed class SnippetTests
{
    /// <summary>As many blocks may stay unrun; lower it with the list.</summary>
    private const int NotRunMax = 5;

    private static readonly string[] Languages = ["sh", "js", "text", "csharp"];

    /// <summary>Pages whose C# the suites client, testing, hosting and packages compile, run and hold to the page.</summary>
    private static readonly string[] PagesOfPrograms = ["docs/client.md", "docs/testing.md", "docs/hosting.md"];

    public static TheoryData<string> PagesWithCommands => [.. Snippet.All().Where(s => s.Language is "sh" or "js").Select(s => s.Page).Distinct()];

    [Fact]
    public void Every_block_names_its_language() => Assert.Empty(Snippet.All().Where(s => !Languages.Contains(s.Language)).Select(s => s.Place));

    [Fact]
    public void The_list_of_blocks_that_are_not_run_only_gets_shorter()
    {
        var list = NotRun();
        Assert.True(list.Count <= NotRunMax, $"{list.Count} blocks are not run, {NotRunMax} may be");
        Assert.All(list, l => Assert.True(l.Reason.Length > 0, $"{l.Line}: say why it is not run"));
        Assert.DoesNotContain(list, l => !Snippet.All().Any(s => Is(l, s)));
    }

    [Fact]
    public void A_program_says_the_name_of_its_file_and_is_run() =>
        Assert.Empty(Snippet.All().Where(s => s.Language == "js" && !Snippet.All().Any(r => r.Language == "sh" && r.Page == s.Page && r.Text.Contains($"node {s.File}\n", StringComparison.Ordinal))).Select(s => s.Place));

    [Fact]
    public void What_is_neither_a_command_nor_output_stands_on_the_list() =>
        Assert.Empty(Snippet.All().Where(s => s.Language == "csharp" && !PagesOfPrograms.Contains(s.Page) && !NotRun().Any(l => Is(l, s))).Select(s => s.Place));

    [Theory]
    [MemberData(nameof(PagesWithCommands), DisableDiscoveryEnumeration = true)]
    public async Task A_page_can_be_followed_from_top_to_bottom(string page)
    {
        List<Snippet> snippets = [.. Snippet.All().Where(s => s.Page == page && !NotRun().Any(l => Is(l, s)))];
        Assert.Contains(snippets, s => s.Language == "sh");
        await using var session = new SnippetSession();
        for (var i = 0; i < snippets.Count; i++)
        {
            if (snippets[i].Language == "js")
            {
                session.Keep(snippets[i]);
            }
            else if (snippets[i].Language == "sh")
            {
                await session.RunAsync(snippets[i], i + 1 < snippets.Count && snippets[i + 1].Language == "text" ? snippets[i + 1] : null);
            }
        }
    }

    [Fact]
    public async Task The_commands_that_a_broker_proposes_work()
    {
        await using var session = new SnippetSession();
        await session.RunAsync(Command("./ouzel start"), null);
        var proposed = session.Proposed();
        Assert.Equal(2, proposed.Count);
        await session.RunAsync(Command(proposed[0]), null);
        await session.RunAsync(Command(proposed[1]), new Snippet("banner", 2, "text", "hello\n", null));
    }

    private static Snippet Command(string text) => new("banner", 1, "sh", text + "\n", null);

    private static List<(string Page, string Line, string Reason)> NotRun() =>
    [
        .. File.ReadAllLines(Path.Combine(Checkout.Root, "tests", "Ouzel.Interop.Tests", "Documents", "not-run.txt"))
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split(" | "))
            .Select(p => (p[0], p[1], p.ElementAtOrDefault(2) ?? "")),
    ];

    private static bool Is((string Page, string Line, string Reason) listed, Snippet snippet) =>
        listed.Page == snippet.Page && snippet.Text.StartsWith(listed.Line + "\n", StringComparison.Ordinal);
}
