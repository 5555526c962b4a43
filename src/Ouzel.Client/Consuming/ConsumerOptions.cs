using Ouzel.Client.Consuming.Assignors;

namespace Ouzel.Client;

/// <summary>The options of a consumer. Times are milliseconds; Kafka's name of each setting stands in its text.</summary>
public sealed class ConsumerOptions
{
    /// <summary>Makes the member a static one (group.instance.id, KIP-345): it may be away for a session without a rebalance. Unique within the group. Needs Kafka 2.3.</summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>
    /// The assignors offered to the group, most wanted first (partition.assignment.strategy). Members change partitions without stopping only when all of these
    /// do: leave <see cref="Assignor.CooperativeSticky"/> alone for that. Kafka's default.
    /// </summary>
    public IReadOnlyList<Assignor> Assignors { get; init; } = [Assignor.Range, Assignor.CooperativeSticky];

    /// <summary>Without a heartbeat for so long the coordinator removes the member (session.timeout.ms). Kafka's default.</summary>
    public int SessionTimeoutMs { get; init; } = 45_000;

    /// <summary>Between heartbeats (heartbeat.interval.ms); at most a third of the session is sensible. Kafka's default.</summary>
    public int HeartbeatIntervalMs { get; init; } = 3000;

    /// <summary>
    /// The longest that the application may handle one record or batch before its partitions go to others (max.poll.interval.ms). Also how long a rebalance
    /// waits for this member. Kafka's default.
    /// </summary>
    public int MaxPollIntervalMs { get; init; } = 300_000;

    /// <summary>
    /// True when what the application has finished with is committed by itself (enable.auto.commit): at intervals, before partitions are revoked, and on
    /// disposal. A record or batch is finished when the next one is asked for.
    /// </summary>
    public bool AutoCommit { get; init; } = true;

    /// <summary>Between commits of <see cref="AutoCommit"/> (auto.commit.interval.ms). Kafka's default.</summary>
    public int AutoCommitIntervalMs { get; init; } = 5000;

    /// <summary>
    /// The place to read from when the group has committed nothing, or the offset is gone (auto.offset.reset). Kafka's default. With <see
    /// cref="StartPosition.None"/> both are errors, and so is a log that lost its end.
    /// </summary>
    public StartPosition OffsetReset { get; init; } = StartPosition.Latest;

    /// <summary>The records of transactions that are delivered (isolation.level). Kafka's default.</summary>
    public IsolationLevel IsolationLevel { get; init; }

    /// <summary>A broker waits until it has so many bytes, or <see cref="FetchMaxWaitMs"/> (fetch.min.bytes). Kafka's default.</summary>
    public int FetchMinBytes { get; init; } = 1;

    /// <summary>The longest that a broker waits for <see cref="FetchMinBytes"/> (fetch.max.wait.ms). Kafka's default.</summary>
    public int FetchMaxWaitMs { get; init; } = 500;

    /// <summary>Bytes of one response (fetch.max.bytes); a first batch that is larger comes nevertheless. Kafka's default.</summary>
    public int FetchMaxBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>Bytes of one partition in one response (max.partition.fetch.bytes); a first batch that is larger comes nevertheless. Kafka's default.</summary>
    public int PartitionFetchMaxBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes that are read ahead of the application, those asked for included; one batch for each broker may come on top. Room for one largest response.</summary>
    public int PrefetchMaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>True when the checksum of each batch is looked at (check.crcs). Kafka's default.</summary>
    public bool CheckCrcs { get; init; } = true;

    /// <summary>The place where this consumer runs (client.rack): brokers may then send it to a replica nearby (KIP-392). Null for nowhere.</summary>
    public string? Rack { get; init; }

    /// <summary>True when a broker may create a topic that is subscribed to and missing (allow.auto.create.topics). Kafka's default.</summary>
    public bool AllowAutoCreateTopics { get; init; } = true;

    /// <summary>The longest that <see cref="IAsyncDisposable.DisposeAsync"/> takes to commit and leave the group. As Kafka's close().</summary>
    public int CloseTimeoutMs { get; init; } = 30_000;

    /// <summary>
    /// Told of changes of partitions, one call at a time, in the order in which they happen; the group waits for it. An exception from it ends the enumeration that
    /// is under way. Heartbeats go on meanwhile.
    /// </summary>
    public Func<RebalanceEvent, CancellationToken, ValueTask>? OnRebalance { get; init; }

    /// <summary>True when partitions that stay are read on during a rebalance: all assignors offered can do it.</summary>
    internal bool IsCooperative => Assignors.All(a => a == Assignor.CooperativeSticky);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HeartbeatIntervalMs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPollIntervalMs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(AutoCommitIntervalMs);
        ArgumentOutOfRangeException.ThrowIfNegative(FetchMinBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(FetchMaxWaitMs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(FetchMaxBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PartitionFetchMaxBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PrefetchMaxBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(CloseTimeoutMs);
        if (HeartbeatIntervalMs >= SessionTimeoutMs)
        {
            throw new ArgumentException($"HeartbeatIntervalMs ({HeartbeatIntervalMs}) must be below SessionTimeoutMs ({SessionTimeoutMs}), a third of it at most if one may be lost.");
        }

        if (Assignors.Count == 0)
        {
            throw new ArgumentException("Assignors is empty: a group needs one that all members offer.");
        }

        foreach (var assignor in Assignors)
        {
            _ = PartitionAssignors.NameOf(assignor);
        }

        if (GroupInstanceId is { Length: 0 })
        {
            throw new ArgumentException("GroupInstanceId is empty: null makes no static member.");
        }
    }
}
