namespace Ouzel.Broker.Configs;

/// <summary>Classic groups and committed offsets.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class GroupOptions
{
    /// <summary>Time that the group coordinator gathers records before it writes them; -1 adapts.</summary>
    [Setting("group.coordinator.append.linger.ms", Min = -1, Accepted = true)]
    public int CoordinatorAppendLingerMs { get; init; } = -1;

    /// <summary>Number of threads beside those of the group coordinator.</summary>
    [Setting("group.coordinator.background.threads", Min = 1, Accepted = true)]
    public int CoordinatorBackgroundThreads { get; init; } = 2;

    /// <summary>Largest buffer that the group coordinator keeps between two writes.</summary>
    [Setting("group.coordinator.cached.buffer.max.bytes", Dynamic = DynamicMode.ClusterWide, Min = 524288, Accepted = true)]
    public int CoordinatorCachedBufferMaxBytes { get; init; } = 1048588;

    /// <summary>Kinds of groups that are served.</summary>
    [Setting("group.coordinator.rebalance.protocols", OneOf = "consumer, classic, share, streams", Accepted = true)]
    public IReadOnlyList<string> CoordinatorRebalanceProtocols { get; init; } = ["classic", "consumer", "streams"];

    /// <summary>Number of threads of the group coordinator.</summary>
    [Setting("group.coordinator.threads", Min = 1, Accepted = true)]
    public int CoordinatorThreads { get; init; } = 4;

    /// <summary>Time that the first member of an empty group waits for others.</summary>
    [Setting("group.initial.rebalance.delay.ms")]
    public int InitialRebalanceDelayMs { get; init; } = 3000;

    /// <summary>Longest session timeout that a member may ask for.</summary>
    [Setting("group.max.session.timeout.ms")]
    public int MaxSessionTimeoutMs { get; init; } = 1800000;

    /// <summary>Most members of one classic group.</summary>
    [Setting("group.max.size", Min = 1)]
    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>Shortest session timeout that a member may ask for.</summary>
    [Setting("group.min.session.timeout.ms")]
    public int MinSessionTimeoutMs { get; init; } = 6000;

    /// <summary>Longest text that a committed offset may carry.</summary>
    [Setting("offset.metadata.max.bytes")]
    public int OffsetMetadataMaxBytes { get; init; } = 4096;

    /// <summary>Longest wait for a commit to be stored.</summary>
    [Setting("offsets.commit.timeout.ms", Min = 1, Accepted = true)]
    public int OffsetsCommitTimeoutMs { get; init; } = 5000;

    /// <summary>Bytes read at a time when groups are loaded.</summary>
    [Setting("offsets.load.buffer.size", Min = 1, Accepted = true)]
    public int OffsetsLoadBufferSize { get; init; } = 5242880;

    /// <summary>Time between two looks for expired committed offsets.</summary>
    [Setting("offsets.retention.check.interval.ms", Min = 1)]
    public long OffsetsRetentionCheckIntervalMs { get; init; } = 600000;

    /// <summary>Time that the offsets of a group without members are kept.</summary>
    [Setting("offsets.retention.minutes", Min = 1)]
    public int OffsetsRetentionMinutes { get; init; } = 10080;

    /// <summary>Codec number of the batches of committed offsets.</summary>
    [Setting("offsets.topic.compression.codec", Accepted = true)]
    public int OffsetsTopicCompressionCodec { get; init; } = 0;

    /// <summary>Partitions of the topic of committed offsets, fixed when it is made.</summary>
    [Setting("offsets.topic.num.partitions", Min = 1)]
    public int OffsetsTopicNumPartitions { get; init; } = 50;

    /// <summary>Copies of the topic of committed offsets; fewer when fewer brokers live.</summary>
    [Setting("offsets.topic.replication.factor", Min = 1)]
    public short OffsetsTopicReplicationFactor { get; init; } = 3;

    /// <summary>Segment size of the topic of committed offsets.</summary>
    [Setting("offsets.topic.segment.bytes", Min = 1)]
    public int OffsetsTopicSegmentBytes { get; init; } = 104857600;
}
