namespace Ouzel.Broker.Configs;

/// <summary>Share groups (KIP-932) and their stored state.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class ShareGroupOptions
{
    /// <summary>Assignors for share groups that the node offers.</summary>
    [Setting("group.share.assignors", Accepted = true)]
    public IReadOnlyList<string> Assignors { get; init; } = ["simple"];

    /// <summary>Number of times a record is handed out before it is given up.</summary>
    [Setting("group.share.delivery.count.limit", Min = 2, Max = 10, Accepted = true)]
    public int DeliveryCountLimit { get; init; } = 5;

    /// <summary>Time between two heartbeats that members are told to keep.</summary>
    [Setting("group.share.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int HeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Wait before a failed set-up of share partitions is tried again.</summary>
    [Setting("group.share.initialize.retry.interval.ms", Min = 1, Internal = true, Accepted = true)]
    public int InitializeRetryIntervalMs { get; init; } = 30000;

    /// <summary>Longest heartbeat interval that a share group may be given.</summary>
    [Setting("group.share.max.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int MaxHeartbeatIntervalMs { get; init; } = 15000;

    /// <summary>Longest lock that a share group may be given.</summary>
    [Setting("group.share.max.record.lock.duration.ms", Min = 30000, Max = 3600000, Accepted = true)]
    public int MaxRecordLockDurationMs { get; init; } = 60000;

    /// <summary>Longest session timeout that a share group may be given.</summary>
    [Setting("group.share.max.session.timeout.ms", Min = 1, Accepted = true)]
    public int MaxSessionTimeoutMs { get; init; } = 60000;

    /// <summary>Most share sessions that are remembered at once.</summary>
    [Setting("group.share.max.share.sessions", Min = 1, Accepted = true)]
    public int MaxShareSessions { get; init; } = 2000;

    /// <summary>Most members of one share group.</summary>
    [Setting("group.share.max.size", Min = 1, Max = 1000, Accepted = true)]
    public int MaxSize { get; init; } = 200;

    /// <summary>Shortest heartbeat interval that a share group may be given.</summary>
    [Setting("group.share.min.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int MinHeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Shortest lock that a share group may be given.</summary>
    [Setting("group.share.min.record.lock.duration.ms", Min = 1000, Max = 30000, Accepted = true)]
    public int MinRecordLockDurationMs { get; init; } = 15000;

    /// <summary>Shortest session timeout that a share group may be given.</summary>
    [Setting("group.share.min.session.timeout.ms", Min = 1, Accepted = true)]
    public int MinSessionTimeoutMs { get; init; } = 45000;

    /// <summary>Most records of a share partition that are handed out at once.</summary>
    [Setting("group.share.partition.max.record.locks", Min = 100, Max = 10000, Accepted = true)]
    public int PartitionMaxRecordLocks { get; init; } = 2000;

    /// <summary>Java class that stores the state of share groups.</summary>
    [Setting("group.share.persister.class.name", Internal = true, Accepted = true)]
    public string PersisterClassName { get; init; } = "org.apache.kafka.server.share.persister.DefaultStatePersister";

    /// <summary>Time that a record belongs to the member it was handed to.</summary>
    [Setting("group.share.record.lock.duration.ms", Min = 1000, Max = 3600000, Accepted = true)]
    public int RecordLockDurationMs { get; init; } = 30000;

    /// <summary>Time without a heartbeat after which a member is removed.</summary>
    [Setting("group.share.session.timeout.ms", Min = 1, Accepted = true)]
    public int SessionTimeoutMs { get; init; } = 45000;

    /// <summary>Time that the share coordinator gathers records before it writes them; -1 adapts.</summary>
    [Setting("share.coordinator.append.linger.ms", Min = -1, Accepted = true)]
    public int ShareCoordinatorAppendLingerMs { get; init; } = -1;

    /// <summary>Time after which the state of a quiet share partition is written whole.</summary>
    [Setting("share.coordinator.cold.partition.snapshot.interval.ms", Min = 1, Internal = true, Accepted = true)]
    public int ShareCoordinatorColdPartitionSnapshotIntervalMs { get; init; } = 300000;

    /// <summary>Bytes read at a time when share state is loaded.</summary>
    [Setting("share.coordinator.load.buffer.size", Min = 1, Accepted = true)]
    public int ShareCoordinatorLoadBufferSize { get; init; } = 5242880;

    /// <summary>Changes of a share partition between two whole states.</summary>
    [Setting("share.coordinator.snapshot.update.records.per.snapshot", Min = 0, Max = 500, Accepted = true)]
    public int ShareCoordinatorSnapshotUpdateRecordsPerSnapshot { get; init; } = 500;

    /// <summary>Codec number of the batches of share state.</summary>
    [Setting("share.coordinator.state.topic.compression.codec", Accepted = true)]
    public int ShareCoordinatorStateTopicCompressionCodec { get; init; } = 0;

    /// <summary>Copies of the topic of share state that must be in step.</summary>
    [Setting("share.coordinator.state.topic.min.isr", Min = 1)]
    public short ShareCoordinatorStateTopicMinIsr { get; init; } = 2;

    /// <summary>Partitions of the topic of share state.</summary>
    [Setting("share.coordinator.state.topic.num.partitions", Min = 1)]
    public int ShareCoordinatorStateTopicNumPartitions { get; init; } = 50;

    /// <summary>Time between two deletions of share state's records that are no longer needed.</summary>
    [Setting("share.coordinator.state.topic.prune.interval.ms", Min = 1, Internal = true, Accepted = true)]
    public int ShareCoordinatorStateTopicPruneIntervalMs { get; init; } = 300000;

    /// <summary>Copies of the topic of share state.</summary>
    [Setting("share.coordinator.state.topic.replication.factor", Min = 1)]
    public short ShareCoordinatorStateTopicReplicationFactor { get; init; } = 3;

    /// <summary>Segment size of the topic of share state.</summary>
    [Setting("share.coordinator.state.topic.segment.bytes", Min = 1)]
    public int ShareCoordinatorStateTopicSegmentBytes { get; init; } = 104857600;

    /// <summary>Number of threads of the share coordinator.</summary>
    [Setting("share.coordinator.threads", Min = 1, Accepted = true)]
    public int ShareCoordinatorThreads { get; init; } = 1;

    /// <summary>Longest wait for share state to be stored.</summary>
    [Setting("share.coordinator.write.timeout.ms", Min = 1, Accepted = true)]
    public int ShareCoordinatorWriteTimeoutMs { get; init; } = 5000;

    /// <summary>Least time between two assignments of a group.</summary>
    [Setting("group.share.assignment.interval.ms", Dynamic = DynamicMode.ClusterWide, Min = 0, Accepted = true)]
    public int AssignmentIntervalMs { get; init; } = 1000;

    /// <summary>Works assignments out beside the loop of the groups.</summary>
    [Setting("group.share.assignor.offload.enable", Dynamic = DynamicMode.ClusterWide, Internal = true, Accepted = true)]
    public bool AssignorOffloadEnable { get; init; } = true;

    /// <summary>Longest interval between assignments that a group may be given.</summary>
    [Setting("group.share.max.assignment.interval.ms", Min = 0, Accepted = true)]
    public int MaxAssignmentIntervalMs { get; init; } = 15000;

    /// <summary>Shortest interval between assignments that a group may be given.</summary>
    [Setting("group.share.min.assignment.interval.ms", Min = 0, Accepted = true)]
    public int MinAssignmentIntervalMs { get; init; } = 0;

    /// <summary>Largest count of deliveries that a share group may be given.</summary>
    [Setting("group.share.max.delivery.count.limit", Min = 5, Max = 25, Accepted = true)]
    public int MaxDeliveryCountLimit { get; init; } = 10;

    /// <summary>Smallest count of deliveries that a share group may be given.</summary>
    [Setting("group.share.min.delivery.count.limit", Min = 2, Max = 5, Accepted = true)]
    public int MinDeliveryCountLimit { get; init; } = 2;

    /// <summary>Most records handed out at once that a share group may be given.</summary>
    [Setting("group.share.max.partition.max.record.locks", Min = 2000, Max = 10000, Accepted = true)]
    public int MaxPartitionMaxRecordLocks { get; init; } = 4000;

    /// <summary>Fewest records handed out at once that a share group may be given.</summary>
    [Setting("group.share.min.partition.max.record.locks", Min = 100, Max = 2000, Accepted = true)]
    public int MinPartitionMaxRecordLocks { get; init; } = 100;

    /// <summary>Java class that writes what share groups give up to dead-letter topics.</summary>
    [Setting("group.share.dlq.manager.class.name", Internal = true, Accepted = true)]
    public string DlqManagerClassName { get; init; } = "org.apache.kafka.server.share.dlq.DefaultShareGroupDLQManager";

    /// <summary>Makes the dead-letter topic of a share group when it is missing.</summary>
    [Setting("errors.deadletterqueue.auto.create.topics.enable", Dynamic = DynamicMode.ClusterWide, Accepted = true)]
    public bool DeadLetterAutoCreateTopicsEnable { get; init; } = false;

    /// <summary>Beginning of the names of dead-letter topics that the broker makes.</summary>
    [Setting("errors.deadletterqueue.topic.name.prefix", Dynamic = DynamicMode.ClusterWide, Accepted = true)]
    public string DeadLetterTopicNamePrefix { get; init; } = "dlq.";

    /// <summary>Largest buffer that the share coordinator keeps between two writes.</summary>
    [Setting("share.coordinator.cached.buffer.max.bytes", Dynamic = DynamicMode.ClusterWide, Min = 524288, Accepted = true)]
    public int ShareCoordinatorCachedBufferMaxBytes { get; init; } = 1048588;
}
