using System.Text.RegularExpressions;

namespace Ouzel.Interop.Tests.Conformance;

/// <summary>One run of the probe over all areas that this broker serves, against a fresh broker; the tests look at it area by area.</summary>
public sealed partial class Probe : IAsyncLifetime
{
    /// <summary>The areas in which a single broker with classic groups must answer as Apache Kafka does.</summary>
    internal static readonly string[] Areas = ["admin", "configs", "fetch", "groups", "offsets", "old", "produce", "topics", "wire"];

    private const int SecondsMax = 1200;
    private readonly Dictionary<string, List<string>> _failures = [];

    internal int Scenarios { get; private set; }

    /// <summary>The failures and differences in an area, by scenario.</summary>
    internal IReadOnlyDictionary<string, List<string>> Failures(string area) =>
        _failures.Where(f => f.Key.StartsWith(area + ".", StringComparison.Ordinal)).ToDictionary();

    public async ValueTask InitializeAsync()
    {
        var folder = CheckoutTree.Conformance;
        await using var broker = await BrokerProcess.StartAsync("--config", Path.Combine(folder, "broker.properties"));
        await using var probe = ForeignProgram.Start("probe", "/usr/bin/python3",
            ["-B", "probe.py", "--bootstrap", broker.Address, "--jobs", "6", "--check", Path.Combine("..", "golden", "facts.json"), .. Areas.Select(a => a + ".")], folder: folder);
        await probe.UntilAsync(() => probe.Texts.Any(t => Summary().IsMatch(t)), "the probe's summary", SecondsMax);
        foreach (var text in probe.Texts)
        {
            if (Finding().Match(text) is { Success: true } finding)
            {
                var scenario = finding.Groups[1].Value;
                (_failures.TryGetValue(scenario, out var lines) ? lines : _failures[scenario] = []).Add(text);
            }
            else if (Summary().Match(text) is { Success: true } summary)
            {
                Scenarios = int.Parse(summary.Groups[1].Value);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [GeneratedRegex(@"^(?:DIFFERS|FAILED) (\w+\.\w+)")]
    private static partial Regex Finding();

    [GeneratedRegex(@"^(\d+) scenarios, \d+ failed")]
    private static partial Regex Summary();
}

public sealed class ProbeTests(Probe probe) : IClassFixture<Probe>
{
    [Theory]
    [InlineData("admin")]
    [InlineData("configs")]
    [InlineData("fetch")]
    [InlineData("groups")]
    [InlineData("offsets")]
    [InlineData("old")]
    [InlineData("produce")]
    [InlineData("topics")]
    [InlineData("wire")]
    public void Every_fact_of_an_area_is_Apache_Kafka_s(string area)
    {
        Assert.Contains(area, Probe.Areas);
        Assert.True(probe.Scenarios > 100, $"only {probe.Scenarios} scenarios ran");
        LaterScenarios.Compare(area + ".", probe.Failures(area));
    }
}
