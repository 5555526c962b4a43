namespace Ouzel.Broker.Configs;

/// <summary>Settings of one group, within what the broker allows.</summary>
[SettingsGroup(SettingScope.Group)]
public sealed partial class GroupConfigOptions
{
    /// <summary>Time between two heartbeats of a consumer group's members.</summary>
    [Setting("consumer.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int ConsumerHeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Time without a heartbeat after which a consumer group's member is removed.</summary>
    [Setting("consumer.session.timeout.ms", Min = 1, Accepted = true)]
    public int ConsumerSessionTimeoutMs { get; init; } = 45000;

    /// <summary>Where a share group begins a partition that it has not read: earliest, latest or by_duration.</summary>
    [Setting("share.auto.offset.reset", Form = SettingForm.OffsetReset, Accepted = true)]
    public string ShareAutoOffsetReset { get; init; } = "latest";

    /// <summary>Time between two heartbeats of a share group's members.</summary>
    [Setting("share.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int ShareHeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Whether a share group sees records of transactions that are still open.</summary>
    [Setting("share.isolation.level", OneOf = "read_committed, read_uncommitted", Accepted = true)]
    public string ShareIsolationLevel { get; init; } = "read_uncommitted";

    /// <summary>How long a record belongs to the member of a share group it was handed to.</summary>
    [Setting("share.record.lock.duration.ms", Min = 1000, Accepted = true)]
    public int ShareRecordLockDurationMs { get; init; } = 30000;

    /// <summary>Time without a heartbeat after which a share group's member is removed.</summary>
    [Setting("share.session.timeout.ms", Min = 1, Accepted = true)]
    public int ShareSessionTimeoutMs { get; init; } = 45000;

    /// <summary>Time between two heartbeats of a streams group's members.</summary>
    [Setting("streams.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int StreamsHeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>How long the first member of an empty streams group waits for others.</summary>
    [Setting("streams.initial.rebalance.delay.ms", Min = 0, Accepted = true)]
    public int StreamsInitialRebalanceDelayMs { get; init; } = 3000;

    /// <summary>Standby copies of each stateful task of a streams group.</summary>
    [Setting("streams.num.standby.replicas", Min = 0, Accepted = true)]
    public int StreamsNumStandbyReplicas { get; init; } = 0;

    /// <summary>Time without a heartbeat after which a streams group's member is removed.</summary>
    [Setting("streams.session.timeout.ms", Min = 1, Accepted = true)]
    public int StreamsSessionTimeoutMs { get; init; } = 45000;
}
