namespace Ouzel.Broker.Configs;

/// <summary>Streams groups (KIP-1071).</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class StreamsGroupOptions
{
    /// <summary>Time between two heartbeats that members are told to keep.</summary>
    [Setting("group.streams.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int HeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>How long the first member of an empty streams group waits for others.</summary>
    [Setting("group.streams.initial.rebalance.delay.ms", Min = 0, Accepted = true)]
    public int InitialRebalanceDelayMs { get; init; } = 3000;

    /// <summary>Longest heartbeat interval that a streams group may be given.</summary>
    [Setting("group.streams.max.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int MaxHeartbeatIntervalMs { get; init; } = 15000;

    /// <summary>Longest session timeout that a streams group may be given.</summary>
    [Setting("group.streams.max.session.timeout.ms", Min = 1, Accepted = true)]
    public int MaxSessionTimeoutMs { get; init; } = 60000;

    /// <summary>Most members of one streams group.</summary>
    [Setting("group.streams.max.size", Min = 1, Accepted = true)]
    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>Most standby copies that a streams group may be given.</summary>
    [Setting("group.streams.max.standby.replicas", Min = 0, Accepted = true)]
    public int MaxStandbyReplicas { get; init; } = 2;

    /// <summary>Shortest heartbeat interval that a streams group may be given.</summary>
    [Setting("group.streams.min.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int MinHeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Shortest session timeout that a streams group may be given.</summary>
    [Setting("group.streams.min.session.timeout.ms", Min = 1, Accepted = true)]
    public int MinSessionTimeoutMs { get; init; } = 45000;

    /// <summary>Standby copies of each stateful task.</summary>
    [Setting("group.streams.num.standby.replicas", Min = 0, Accepted = true)]
    public int NumStandbyReplicas { get; init; } = 0;

    /// <summary>Time without a heartbeat after which a member is removed.</summary>
    [Setting("group.streams.session.timeout.ms", Min = 1, Accepted = true)]
    public int SessionTimeoutMs { get; init; } = 45000;
}
