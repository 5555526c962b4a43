namespace Ouzel.Broker.Cluster;

/// <summary>The outcome of an append.</summary>
internal enum AppendOutcome
{
    /// <summary>An append: the records stand at exactly the offsets asked for. A commit: everything appended is durable.</summary>
    Committed,

    /// <summary>Somebody claimed a later epoch, or the log goes on elsewhere: nothing was appended, and nothing will be in this epoch.</summary>
    Fenced,

    /// <summary>It cannot be known whether the records are there. The appender must claim anew and read what became of them.</summary>
    Unknown,
}

/// <summary>Consecutive records of the cluster's log as they were appended. A batch of the log's own (a new epoch) has no records but takes offsets.</summary>
/// <param name="BaseOffset">Offset of the first record.</param>
/// <param name="OffsetNext">Offset behind the last.</param>
/// <param name="Epoch">Epoch of the controller that wrote it.</param>
/// <param name="TimestampMs">When it was written, milliseconds since 1970.</param>
/// <param name="Records">One per offset from <paramref name="BaseOffset"/> on, or none.</param>
internal sealed record ClusterBatch(long BaseOffset, long OffsetNext, int Epoch, long TimestampMs, IReadOnlyList<ClusterRecord> Records);

/// <summary>The state of the cluster up to, but without, <paramref name="OffsetNext"/>.</summary>
internal sealed record ClusterSnapshot(long OffsetNext, int Epoch, long TimestampMs, IReadOnlyList<ClusterRecord> Records);

/// <summary>
/// The log that the cluster's metadata is the fold of. One claimer at a time appends; everybody reads the same committed prefix, which never shrinks.
/// One caller at a time; the backings differ in where the log lives (one node's disk, an ensemble).
/// </summary>
internal interface IClusterLog : IAsyncDisposable
{
    /// <summary>The cluster's id as the backing keeps it.</summary>
    string ClusterId { get; }

    /// <summary>The oldest offset that can be read without a snapshot.</summary>
    long OffsetFirst { get; }

    /// <summary>End of the committed prefix: the offset of the next record.</summary>
    long OffsetNext { get; }

    /// <summary>Bytes appended since the newest snapshot.</summary>
    long BytesSinceSnapshot { get; }

    /// <summary>End of what was appended; above <see cref="OffsetNext"/> until <see cref="CommitAsync"/>.</summary>
    long OffsetAppended { get; }

    /// <summary>Begins a strictly larger epoch. Whoever claimed before can append no more. Its first records are appended, and committed with the next commit.</summary>
    ValueTask<int> ClaimAsync(CancellationToken cancellation);

    /// <summary>
    /// Appends all records or none, at <paramref name="baseOffset"/>, which must be <see cref="OffsetAppended"/>. Nobody reads them before they are committed, and
    /// a crash before that leaves a prefix of the changes appended, each whole.
    /// A long change takes two offsets more than it has records: readers see it begin and end.
    /// </summary>
    AppendOutcome Append(int epoch, long baseOffset, IReadOnlyList<ClusterRecord> records);

    /// <summary>Makes everything appended durable, with one wait for all, and moves <see cref="OffsetNext"/> behind it.</summary>
    ValueTask<AppendOutcome> CommitAsync(CancellationToken cancellation);

    /// <summary>
    /// Batches from the one that holds <paramref name="offset"/> on, at least one unless at the end, until <paramref name="recordsMax"/> records are reached.
    /// Null when the offset is before <see cref="OffsetFirst"/>: begin with the snapshot.
    /// </summary>
    ValueTask<IReadOnlyList<ClusterBatch>?> ReadAsync(long offset, int recordsMax, CancellationToken cancellation);

    /// <summary>Completes once <see cref="OffsetNext"/> is above <paramref name="offset"/>; it may complete early.</summary>
    Task WatchAsync(long offset, CancellationToken cancellation);

    /// <summary>The newest complete snapshot, if there is one.</summary>
    ValueTask<ClusterSnapshot?> LatestSnapshotAsync(CancellationToken cancellation);

    /// <summary>Keeps a snapshot of a committed offset; it is whole and durable when this completes.</summary>
    ValueTask SnapshotAsync(ClusterSnapshot snapshot, CancellationToken cancellation);

    /// <summary>Drops old snapshots and the part of the log that the newest one covers, as far as the backing's limits ask for it.</summary>
    ValueTask PruneAsync(CancellationToken cancellation);
}
