namespace Ouzel.Broker.Configs;

/// <summary>Compaction: keeping the last record of each key.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class CleanerOptions
{
    /// <summary>Time that compaction rests when there is nothing to do.</summary>
    [Setting("log.cleaner.backoff.ms", Dynamic = DynamicMode.ClusterWide, Min = 0)]
    public long BackoffMs { get; init; } = 15000;

    /// <summary>Memory of the map from keys to offsets over all compaction threads.</summary>
    [Setting("log.cleaner.dedupe.buffer.size", Dynamic = DynamicMode.ClusterWide)]
    public long DedupeBufferSize { get; init; } = 134217728;

    /// <summary>Turns compaction on.</summary>
    [Setting("log.cleaner.enable")]
    public bool Enable { get; init; } = true;

    /// <summary>Share of the map from keys to offsets that may be filled.</summary>
    [Setting("log.cleaner.io.buffer.load.factor", Dynamic = DynamicMode.ClusterWide)]
    public double IoBufferLoadFactor { get; init; } = 0.9;

    /// <summary>Memory of the read and write buffers over all compaction threads.</summary>
    [Setting("log.cleaner.io.buffer.size", Dynamic = DynamicMode.ClusterWide, Min = 0)]
    public int IoBufferSize { get; init; } = 524288;

    /// <summary>Most bytes a second that compaction reads and writes together.</summary>
    [Setting("log.cleaner.io.max.bytes.per.second", Dynamic = DynamicMode.ClusterWide, Accepted = true)]
    public double IoMaxBytesPerSecond { get; init; } = double.MaxValue;

    /// <summary>Number of compaction threads.</summary>
    [Setting("log.cleaner.threads", Dynamic = DynamicMode.ClusterWide, Min = 0, Accepted = true)]
    public int Threads { get; init; } = 1;
}
