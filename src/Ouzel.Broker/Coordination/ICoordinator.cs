namespace Ouzel.Broker.Coordination;

/// <summary>
/// A coordinator as the rest of the node knows it: the internal topic it keeps its state in, which of its partitions this node leads, and whether they are
/// served. <see cref="Coordinator{TShard}"/> is the only kind.
/// </summary>
internal interface ICoordinator : IDisposable
{
    /// <summary>The internal topic.</summary>
    string Topic { get; }

    /// <summary>The partitions that are being read.</summary>
    CoordinatorLoads Loads { get; }

    /// <summary>Told when somebody wants a partition that has no shard here: its replica may still have to be opened.</summary>
    Action<int> Missing { get; set; }

    /// <summary>This node leads a partition: it is read, then served.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="log">Its log.</param>
    /// <param name="leaderEpoch">Only a newer one counts.</param>
    /// <param name="recovered">How far the logs reached after a stop that was not clean; null after a clean one.</param>
    void Lead(int partition, ICoordinatorLog log, int leaderEpoch, RecoveredEnds? recovered = null);

    /// <summary>This node no longer leads a partition.</summary>
    void Resign(int partition, int leaderEpoch);

    /// <summary>The partition itself is gone: a new one of the same number begins from nothing.</summary>
    void Forget(int partition);

    /// <summary>True when a partition that this node leads cannot be served: its log is not there, cannot be read, or its disk is gone.</summary>
    bool IsLost(int partition);

    /// <summary>A log directory went offline: whoever waits for what was coordinated from there is told.</summary>
    void OnDirectoryOffline();

    /// <summary>Topics were deleted: nothing is kept for them.</summary>
    void OnTopicsDeleted(IReadOnlySet<string> topics);

    /// <summary>A transaction that wrote into a partition has ended: its marker is stored there and seen by the shard. Done when that is committed.</summary>
    /// <returns>None, or why the marker was not stored; whoever sends it tries again.</returns>
    Task<Protocol.ErrorCode> EndTransactionAsync(int partition, CoordinatorMarker marker);
}
