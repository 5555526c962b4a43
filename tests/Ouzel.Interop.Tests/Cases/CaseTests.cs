using System.Text.RegularExpressions;

namespace Ouzel.Interop.Tests.Cases;

/// <summary>
/// Small inputs that failed once (tests/cases), each on the real program. What still falls short stands in falling-short.txt with the kind of its fault;
/// a line whose case holds makes its test fail until it is taken out.
/// </summary>
public sealed partial class CaseTests
{
    private const string Folder = "tests/Ouzel.Interop.Tests/Cases/";
    private const int SecondsMax = 600;

    /// <summary>The recorded verdicts, and those of cases that came without one.</summary>
    private static readonly string[] Tables = [Path.Combine(CheckoutTree.Cases, "verdicts.table"), Path.Combine(CheckoutTree.Root, Folder, "more-verdicts.table")];

    public static TheoryData<string> Scripts => [.. Tables.SelectMany(t => Script().Matches(File.ReadAllText(t)).Select(m => m.Groups[1].Value)).Distinct()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_small_input_that_failed_once_holds(string script)
    {
        await using var run = ForeignProgram.Start("case", "/usr/bin/python3", ["-B", Path.Combine(CheckoutTree.Cases, "run.py"), .. Tables],
            new Dictionary<string, string> { ["ONLY"] = script, ["OUZEL"] = Checkout.Executable, ["PYTHONDONTWRITEBYTECODE"] = "1" }, CheckoutTree.Root);
        await run.UntilAsync(() => run.Texts.Any(t => Summary().IsMatch(t)), "the verdict", SecondsMax);

        List<string> shortfalls = [.. run.Texts.Where(t => t.StartsWith("SHORT ", StringComparison.Ordinal))];
        var isListed = FallingShort().Contains(script);
        Assert.True(isListed || shortfalls.Count == 0, string.Join('\n', shortfalls));
        Assert.True(!isListed || shortfalls.Count > 0, $"{script} holds: take it out of {Folder}falling-short.txt");
    }

    [Fact]
    public void Only_cases_that_run_stand_on_the_list_of_those_that_fall_short() =>
        Assert.Empty(FallingShort().Except(Scripts.Select(s => s.Data)));

    private static HashSet<string> FallingShort() =>
        [.. File.ReadLines(Path.Combine(CheckoutTree.Root, Folder, "falling-short.txt")).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('\t')[0])];

    [GeneratedRegex("^\\(\"(?:\\.\\./)*(?:cases/)?([^\"/]+\\.py)\"", RegexOptions.Multiline)]
    private static partial Regex Script();

    [GeneratedRegex(@"^\d+ (of \d+ )?cases (hold|fall short)")]
    private static partial Regex Summary();
}
