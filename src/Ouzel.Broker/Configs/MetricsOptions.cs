namespace Ouzel.Broker.Configs;

/// <summary>Settings of what the node tells about itself, and clients about themselves.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class MetricsOptions
{
    /// <summary>Time between two runs of Java reporters of the older metrics.</summary>
    [Setting("kafka.metrics.polling.interval.secs", Min = 1, Accepted = true)]
    public int KafkaMetricsPollingIntervalSecs { get; init; } = 10;

    /// <summary>Java classes that report the older metrics.</summary>
    [Setting("kafka.metrics.reporters", Accepted = true)]
    public IReadOnlyList<string> KafkaMetricsReporters { get; init; } = [];

    /// <summary>Java classes that report metrics.</summary>
    [Setting("metric.reporters", Dynamic = DynamicMode.ClusterWide, Accepted = true)]
    public IReadOnlyList<string> MetricReporters { get; init; } = ["org.apache.kafka.common.metrics.JmxReporter"];

    /// <summary>Samples kept for each metric.</summary>
    [Setting("metrics.num.samples", Min = 1, Accepted = true)]
    public int MetricsNumSamples { get; init; } = 2;

    /// <summary>Detail of metrics: INFO, DEBUG or TRACE.</summary>
    [Setting("metrics.recording.level", Accepted = true)]
    public string MetricsRecordingLevel { get; init; } = "INFO";

    /// <summary>Length of each sample.</summary>
    [Setting("metrics.sample.window.ms", Min = 1, Accepted = true)]
    public long MetricsSampleWindowMs { get; init; } = 30000;

    /// <summary>Largest piece of metrics that a client may push.</summary>
    [Setting("telemetry.max.bytes", Min = 1, Accepted = true)]
    public int TelemetryMaxBytes { get; init; } = 1048576;
}
