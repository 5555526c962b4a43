namespace Ouzel.Broker.Configs;

/// <summary>Groups of the newer consumer protocol (KIP-848).</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class ConsumerGroupOptions
{
    /// <summary>Assignors that the node offers, the first one by default.</summary>
    [Setting("group.consumer.assignors", Accepted = true)]
    public IReadOnlyList<string> Assignors { get; init; } = ["uniform", "range"];

    /// <summary>Time between two heartbeats that members are told to keep.</summary>
    [Setting("group.consumer.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int HeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Longest heartbeat interval that a group may be given.</summary>
    [Setting("group.consumer.max.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int MaxHeartbeatIntervalMs { get; init; } = 15000;

    /// <summary>Longest session timeout that a group may be given.</summary>
    [Setting("group.consumer.max.session.timeout.ms", Min = 1, Accepted = true)]
    public int MaxSessionTimeoutMs { get; init; } = 60000;

    /// <summary>Most members of one consumer group.</summary>
    [Setting("group.consumer.max.size", Min = 1, Accepted = true)]
    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>Ways in which groups may change between the classic and the consumer protocol.</summary>
    [Setting("group.consumer.migration.policy", OneOf = "DISABLED, DOWNGRADE, UPGRADE, BIDIRECTIONAL", AnyCase = true, Accepted = true)]
    public string MigrationPolicy { get; init; } = "bidirectional";

    /// <summary>Shortest heartbeat interval that a group may be given.</summary>
    [Setting("group.consumer.min.heartbeat.interval.ms", Min = 1, Accepted = true)]
    public int MinHeartbeatIntervalMs { get; init; } = 5000;

    /// <summary>Shortest session timeout that a group may be given.</summary>
    [Setting("group.consumer.min.session.timeout.ms", Min = 1, Accepted = true)]
    public int MinSessionTimeoutMs { get; init; } = 45000;

    /// <summary>Time after which the topics of a subscription by pattern are looked up again.</summary>
    [Setting("group.consumer.regex.refresh.interval.ms", Min = 10000, Internal = true, Accepted = true)]
    public int RegexRefreshIntervalMs { get; init; } = 600000;

    /// <summary>Time without a heartbeat after which a member is removed.</summary>
    [Setting("group.consumer.session.timeout.ms", Min = 1, Accepted = true)]
    public int SessionTimeoutMs { get; init; } = 45000;

    /// <summary>Least time between two assignments of a group.</summary>
    [Setting("group.consumer.assignment.interval.ms", Dynamic = DynamicMode.ClusterWide, Min = 0, Accepted = true)]
    public int AssignmentIntervalMs { get; init; } = 1000;

    /// <summary>Works assignments out beside the loop of the groups.</summary>
    [Setting("group.consumer.assignor.offload.enable", Dynamic = DynamicMode.ClusterWide, Internal = true, Accepted = true)]
    public bool AssignorOffloadEnable { get; init; } = true;

    /// <summary>Longest interval between assignments that a group may be given.</summary>
    [Setting("group.consumer.max.assignment.interval.ms", Min = 0, Accepted = true)]
    public int MaxAssignmentIntervalMs { get; init; } = 15000;

    /// <summary>Shortest interval between assignments that a group may be given.</summary>
    [Setting("group.consumer.min.assignment.interval.ms", Min = 0, Accepted = true)]
    public int MinAssignmentIntervalMs { get; init; } = 0;
}
