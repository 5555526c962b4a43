namespace Ouzel.Broker.Configs;

/// <summary>Settings of one group, within what the broker allows.</summary>
[SettingsGroup(SettingScope.Group)]
public sealed partial class GroupConfigOptions
{
    /// <summary>Least time between two assignments of a consumer group.</summary>
    [Setting("consumer.assignment.interval.ms", Min = 0, From = "group.consumer.assignment.interval.ms", Accepted = true)]
    public int ConsumerAssignmentIntervalMs { get; init; } = 1000;

    /// <summary>Works assignments of a consumer group out beside the loop of the groups.</summary>
    [Setting("consumer.assignor.offload.enable", From = "group.consumer.assignor.offload.enable", Internal = true, Accepted = true)]
    public bool ConsumerAssignorOffloadEnable { get; init; } = true;

    /// <summary>Time between two heartbeats of a consumer group's members.</summary>
    [Setting("consumer.heartbeat.interval.ms", Min = 1, From = "group.consumer.heartbeat.interval.ms", Accepted = true)]
    public int ConsumerHeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Time without a heartbeat after which a consumer group's member is removed.</summary>
    [Setting("consumer.session.timeout.ms", Min = 1, From = "group.consumer.session.timeout.ms", Accepted = true)]
    public int ConsumerSessionTimeoutMs { get; init; } = 45000;

    /// <summary>A letter of a share group carries the key and value of its record.</summary>
    [Setting("errors.deadletterqueue.copy.record.enable", Accepted = true)]
    public bool DeadLetterCopyRecordEnable { get; init; } = false;

    /// <summary>Topic that takes what a share group gives up; empty for none.</summary>
    [Setting("errors.deadletterqueue.topic.name", Accepted = true)]
    public string DeadLetterTopicName { get; init; } = "";

    /// <summary>Least time between two assignments of a share group.</summary>
    [Setting("share.assignment.interval.ms", Min = 0, From = "group.share.assignment.interval.ms", Accepted = true)]
    public int ShareAssignmentIntervalMs { get; init; } = 1000;

    /// <summary>Works assignments of a share group out beside the loop of the groups.</summary>
    [Setting("share.assignor.offload.enable", From = "group.share.assignor.offload.enable", Internal = true, Accepted = true)]
    public bool ShareAssignorOffloadEnable { get; init; } = true;

    /// <summary>Place at which a share group begins a partition that it has not read: earliest, latest or by_duration.</summary>
    [Setting("share.auto.offset.reset", Form = SettingForm.OffsetReset, Accepted = true)]
    public string ShareAutoOffsetReset { get; init; } = "latest";

    /// <summary>Number of times a record is handed out before a share group gives it up.</summary>
    [Setting("share.delivery.count.limit", Min = 2, From = "group.share.delivery.count.limit", Accepted = true)]
    public int ShareDeliveryCountLimit { get; init; } = 5;

    /// <summary>Time between two heartbeats of a share group's members.</summary>
    [Setting("share.heartbeat.interval.ms", Min = 1, From = "group.share.heartbeat.interval.ms", Accepted = true)]
    public int ShareHeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Records of transactions that a share group sees: of committed ones, or also of open ones.</summary>
    [Setting("share.isolation.level", OneOf = "read_committed, read_uncommitted", Accepted = true)]
    public string ShareIsolationLevel { get; init; } = "read_uncommitted";

    /// <summary>Most records of a partition that a share group has handed out at once.</summary>
    [Setting("share.partition.max.record.locks", Min = 100, From = "group.share.partition.max.record.locks", Accepted = true)]
    public int SharePartitionMaxRecordLocks { get; init; } = 2000;

    /// <summary>Time that a record belongs to the member of a share group it was handed to.</summary>
    [Setting("share.record.lock.duration.ms", Min = 1000, From = "group.share.record.lock.duration.ms", Accepted = true)]
    public int ShareRecordLockDurationMs { get; init; } = 30000;

    /// <summary>Members of a share group may ask for more time with a record.</summary>
    [Setting("share.renew.acknowledge.enable", Accepted = true)]
    public bool ShareRenewAcknowledgeEnable { get; init; } = true;

    /// <summary>Time without a heartbeat after which a share group's member is removed.</summary>
    [Setting("share.session.timeout.ms", Min = 1, From = "group.share.session.timeout.ms", Accepted = true)]
    public int ShareSessionTimeoutMs { get; init; } = 45000;

    /// <summary>Least time between two assignments of a streams group.</summary>
    [Setting("streams.assignment.interval.ms", Min = 0, From = "group.streams.assignment.interval.ms", Accepted = true)]
    public int StreamsAssignmentIntervalMs { get; init; } = 1000;

    /// <summary>Works assignments of a streams group out beside the loop of the groups.</summary>
    [Setting("streams.assignor.offload.enable", From = "group.streams.assignor.offload.enable", Internal = true, Accepted = true)]
    public bool StreamsAssignorOffloadEnable { get; init; } = true;

    /// <summary>Assignor of a streams group, one of those that the broker offers.</summary>
    [Setting("streams.assignor.name", From = "group.streams.assignors", Accepted = true)]
    public string? StreamsAssignorName { get; init; }

    /// <summary>Lag of a copy up to which it counts as caught up in a streams group.</summary>
    [Setting("streams.acceptable.recovery.lag", Min = 0, From = "group.streams.acceptable.recovery.lag", Internal = true, Accepted = true)]
    public long StreamsAcceptableRecoveryLag { get; init; } = 10000;

    /// <summary>Time between two heartbeats of a streams group's members.</summary>
    [Setting("streams.heartbeat.interval.ms", Min = 1, From = "group.streams.heartbeat.interval.ms", Accepted = true)]
    public int StreamsHeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Time that the first member of an empty streams group waits for others.</summary>
    [Setting("streams.initial.rebalance.delay.ms", Min = 0, From = "group.streams.initial.rebalance.delay.ms", Accepted = true)]
    public int StreamsInitialRebalanceDelayMs { get; init; } = 3000;

    /// <summary>Standby copies of each stateful task of a streams group.</summary>
    [Setting("streams.num.standby.replicas", Min = 0, From = "group.streams.num.standby.replicas", Accepted = true)]
    public int StreamsNumStandbyReplicas { get; init; } = 0;

    /// <summary>Warm-up copies that a streams group has at once.</summary>
    [Setting("streams.num.warmup.replicas", Min = 0, From = "group.streams.num.warmup.replicas", Internal = true, Accepted = true)]
    public int StreamsNumWarmupReplicas { get; init; } = 2;

    /// <summary>Tags of clients that keep the copies of a task of a streams group apart.</summary>
    [Setting("streams.rack.aware.assignment.tags", From = "group.streams.rack.aware.assignment.tags", Accepted = true)]
    public IReadOnlyList<string> StreamsRackAwareAssignmentTags { get; init; } = [];

    /// <summary>Time between two reports of offsets by members of a streams group.</summary>
    [Setting("streams.task.offset.interval.ms", Min = 1, From = "group.streams.task.offset.interval.ms", Internal = true, Accepted = true)]
    public int StreamsTaskOffsetIntervalMs { get; init; } = 60000;

    /// <summary>Time without a heartbeat after which a streams group's member is removed.</summary>
    [Setting("streams.session.timeout.ms", Min = 1, From = "group.streams.session.timeout.ms", Accepted = true)]
    public int StreamsSessionTimeoutMs { get; init; } = 45000;
}
