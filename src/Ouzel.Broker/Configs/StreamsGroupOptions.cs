namespace Ouzel.Broker.Configs;

/// <summary>Streams groups (KIP-1071).</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class StreamsGroupOptions
{
    /// <summary>Time between two heartbeats that members are told to keep.</summary>
    [Setting("group.streams.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int HeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Time that the first member of an empty streams group waits for others.</summary>
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

    /// <summary>Least time between two assignments of a group.</summary>
    [Setting("group.streams.assignment.interval.ms", Dynamic = DynamicMode.ClusterWide, Min = 0, Accepted = true)]
    public int AssignmentIntervalMs { get; init; } = 1000;

    /// <summary>Works assignments out beside the loop of the groups.</summary>
    [Setting("group.streams.assignor.offload.enable", Dynamic = DynamicMode.ClusterWide, Internal = true, Accepted = true)]
    public bool AssignorOffloadEnable { get; init; } = true;

    /// <summary>Longest interval between assignments that a group may be given.</summary>
    [Setting("group.streams.max.assignment.interval.ms", Min = 0, Accepted = true)]
    public int MaxAssignmentIntervalMs { get; init; } = 15000;

    /// <summary>Shortest interval between assignments that a group may be given.</summary>
    [Setting("group.streams.min.assignment.interval.ms", Min = 0, Accepted = true)]
    public int MinAssignmentIntervalMs { get; init; } = 0;

    /// <summary>Assignors for streams groups that the node offers, the first one by default.</summary>
    [Setting("group.streams.assignors", Accepted = true)]
    public IReadOnlyList<string> Assignors { get; init; } = ["sticky"];

    /// <summary>Tags of clients that keep the copies of a task apart.</summary>
    [Setting("group.streams.rack.aware.assignment.tags", Accepted = true)]
    public IReadOnlyList<string> RackAwareAssignmentTags { get; init; } = [];

    /// <summary>Java class that keeps descriptions of the topologies of streams groups.</summary>
    [Setting("group.streams.topology.description.plugin.class", Type = SettingType.Class, Accepted = true)]
    public string? TopologyDescriptionPluginClass { get; init; }

    /// <summary>Lag of a copy up to which it counts as caught up.</summary>
    [Setting("group.streams.acceptable.recovery.lag", Min = 0, Internal = true, Accepted = true)]
    public long AcceptableRecoveryLag { get; init; } = 10000;

    /// <summary>Most warm-up copies that a streams group may be given.</summary>
    [Setting("group.streams.max.warmup.replicas", Min = 0, Internal = true, Accepted = true)]
    public int MaxWarmupReplicas { get; init; } = 20;

    /// <summary>Shortest interval between reports of offsets that a streams group may be given.</summary>
    [Setting("group.streams.min.task.offset.interval.ms", Min = 1, Internal = true, Accepted = true)]
    public int MinTaskOffsetIntervalMs { get; init; } = 15000;

    /// <summary>Warm-up copies that a streams group has at once.</summary>
    [Setting("group.streams.num.warmup.replicas", Min = 0, Internal = true, Accepted = true)]
    public int NumWarmupReplicas { get; init; } = 2;

    /// <summary>Time between two reports of offsets by members of a streams group.</summary>
    [Setting("group.streams.task.offset.interval.ms", Min = 1, Internal = true, Accepted = true)]
    public int TaskOffsetIntervalMs { get; init; } = 60000;
}
