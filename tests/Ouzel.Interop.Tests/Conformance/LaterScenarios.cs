namespace Ouzel.Interop.Tests.Conformance;

/// <summary>later-scenarios.txt: what needs a part of Kafka that is not built yet, by name, each with its reason. Nothing else may be on it.</summary>
internal static class LaterScenarios
{
    private const string File = "tests/Ouzel.Interop.Tests/Conformance/later-scenarios.txt";

    /// <summary>Name to reason, of the lines whose name starts with a prefix.</summary>
    public static IReadOnlyDictionary<string, string> Of(string prefix) =>
        System.IO.File.ReadLines(Path.Combine(Checkout.Root, File))
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split('\t', 2))
            .Where(l => l[0].StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(l => l[0], l => l[1]);

    /// <summary>Fails for a failure that is not listed, and for a line whose scenario no longer fails.</summary>
    /// <param name="failures">Per name, what differed.</param>
    public static void Compare(string prefix, IReadOnlyDictionary<string, List<string>> failures)
    {
        IReadOnlyDictionary<string, string> later = Of(prefix);
        List<string> differ = [.. failures.Where(f => !later.ContainsKey(f.Key)).SelectMany(f => f.Value)];
        Assert.True(differ.Count == 0, $"{differ.Count} answers differ from Apache Kafka's\n{string.Join('\n', differ.Select(d => d.Length > 400 ? d[..400] + "..." : d))}");
        List<string> passing = [.. later.Keys.Where(k => !failures.ContainsKey(k))];
        Assert.True(passing.Count == 0, $"these pass; take them out of {File}\n{string.Join('\n', passing)}");
    }
}
