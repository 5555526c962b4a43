namespace Ouzel.Broker.Configs;

/// <summary>One subscription to metrics that clients push (KIP-714).</summary>
[SettingsGroup(SettingScope.ClientMetrics)]
public sealed partial class ClientMetricsOptions
{
    /// <summary>Time between two pushes of a client.</summary>
    [Setting("interval.ms", Accepted = true)]
    public int IntervalMs { get; init; } = 300000;

    /// <summary>Clients that push, as a list of selector=pattern.</summary>
    [Setting("match", Accepted = true)]
    public IReadOnlyList<string> Match { get; init; } = [];

    /// <summary>Prefixes of the metrics that clients push; * for all.</summary>
    [Setting("metrics", Accepted = true)]
    public IReadOnlyList<string> Metrics { get; init; } = [];
}
