namespace Ouzel.Interop.Tests.Conformance;

/// <summary>
/// Two lists beside this file. later-scenarios.txt: what needs a part of Kafka that is not built yet, by name, each with its reason.
/// decided-differences.txt: single facts that a decision record answers differently on purpose.
/// </summary>
internal static class LaterScenarios
{
    private const string Folder = "tests/Ouzel.Interop.Tests/Conformance/";

    /// <summary>Name to reason, of the lines whose name starts with a prefix.</summary>
    public static IReadOnlyDictionary<string, string> Of(string prefix) => Read("later-scenarios.txt", prefix);

    /// <summary>APIs of a recorded conversation that nobody serves yet; listed as absent:conversation/Api.</summary>
    public static IReadOnlyList<string> AbsentApis(string conversation) => [.. Of($"absent:{conversation}/").Keys.Select(k => k.Split('/')[1])];

    /// <summary>Fails for a failure that is not listed, and for a line whose scenario no longer fails.</summary>
    /// <param name="prefix">Which lines of the lists concern this run.</param>
    /// <param name="failures">Per name, what differed.</param>
    public static void Compare(string prefix, IReadOnlyDictionary<string, List<string>> failures)
    {
        IReadOnlyDictionary<string, string> later = Of(prefix), decided = Read("decided-differences.txt", prefix);
        List<string> differ = [.. failures.Where(f => !later.ContainsKey(f.Key)).SelectMany(f => f.Value).Where(d => !decided.Keys.Any(k => Concerns(d, k)))];
        Assert.True(differ.Count == 0, $"{differ.Count} answers differ from Apache Kafka's\n{string.Join('\n', differ.Select(d => d.Length > 400 ? d[..400] + "..." : d))}");
        List<string> passing = [.. later.Keys.Where(k => !failures.ContainsKey(k)), .. decided.Keys.Where(k => !failures.SelectMany(f => f.Value).Any(d => Concerns(d, k)))];
        Assert.True(passing.Count == 0, $"these agree with Apache Kafka; take them out of {Folder}*.txt\n{string.Join('\n', passing)}");
        List<string> unexplained = [.. decided.Where(d => !File.Exists(Path.Combine(Checkout.Root, "docs", "decisions", d.Value))).Select(d => d.Value)];
        Assert.True(unexplained.Count == 0, $"no such decision record: {string.Join(' ', unexplained)}");
    }

    private static bool Concerns(string difference, string fact) => difference.StartsWith($"DIFFERS {fact}:", StringComparison.Ordinal);

    private static Dictionary<string, string> Read(string file, string prefix) =>
        File.ReadLines(Path.Combine(Checkout.Root, Folder, file))
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split('\t', 2))
            .Where(l => l[0].StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(l => l[0], l => l[1]);
}
