using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Storage;

/// <summary>
/// The log of one partition: a directory of segments, byte for byte as Apache Kafka keeps it. One writer at a time (appends, truncation and deletion take
/// the log's own lock); readers never wait for the disk of a writer. It owns no clock: the calls that depend on time are given it.
/// </summary>
/// <remarks>
/// After a failed write or sync every later append answers KAFKA_STORAGE_ERROR (KAFKA-10778): what the disk holds is no longer known.
/// <para>How files live, when a log is trimmed, compacted, closed or deleted while others work on it:</para>
/// <para>Under <c>_lock</c> stand segments, marks, producers, and every rename or removal of a segment's files. Work that waits for the disk (a sync, a pass of
/// compaction, a read, a lookup) runs without it, on the segments it saw, and holds each file while it uses it: whoever takes a segment away gives up the log's own
/// reference and renames, and the file is closed by its last holder. To open a file of a segment that was taken away is an ObjectDisposedException: a reader looks
/// again, a sync steps over it (what it holds need not become durable any more), a pass ends.</para>
/// <para>What is written or synced by name without <c>_lock</c> goes through <see cref="Named"/>, under <c>_namesLock</c>. <see cref="Abandon"/> closes the log under
/// both before its directory is renamed: nothing is written under a name that belongs to a successor.</para>
/// <para>A closed log fails no more: <see cref="Fail"/> passes over it, its waiters are told false, its readers KAFKA_STORAGE_ERROR.</para>
/// <para>Order: <c>_flushLock</c> before <c>_lock</c>, <c>_flushLock</c> before <c>_namesLock</c>; never <c>_lock</c> and <c>_namesLock</c> together.</para>
/// </remarks>
public sealed partial class PartitionLog
{
    private readonly LogContext _context;
    private readonly Lock _lock = new();
    private readonly Lock _marksLock = new();
    private readonly Lock _flushLock = new();
    private readonly Lock _namesLock = new();
    private readonly ProducerState _producers;
    private readonly ProducerSnapshots _snapshots;
    private readonly LeaderEpochs _epochs;
    private readonly List<(long AtMs, string Path)> _deletions = [];
    private Segment[] _segments;
    private LogMark _end;
    private LogMark _high;
    private LogMark _stable;
    private long _logStart;
    private long _recoveryPoint;
    private long _recoveryPointWritten;
    private long _recoveryPointMax = long.MaxValue;
    private int _truncations;
    private int _leaderEpoch = -1; // the lowest in which an append of this node as leader may have begun
    private bool _isDirectoryDirty;
    private bool _hasNewNames;
    private readonly long _directoryNumber;
    private volatile bool _isClosing;
    private volatile bool _isClosed;
    private LogOptions _options;
    private AppendRules _rules;
    private LogCommit? _commit;

    internal PartitionLog(LogContext context, LoadedLog loaded)
    {
        _context = context;
        TopicPartition = loaded.TopicPartition;
        TopicId = loaded.TopicId;
        DirectoryPath = loaded.Directory;
        _options = loaded.Options;
        _rules = new AppendRules(_options);
        (_producers, _snapshots, _epochs) = (loaded.Producers, loaded.Snapshots, loaded.Epochs);
        _segments = [.. loaded.Segments];
        _directoryNumber = loaded.DirectoryNumber;
        _hasNewNames = _segments.Length == 1 && Active.Size == 0;
        _isDirectoryDirty = !(_hasNewNames && Active.BaseOffset == 0) && loaded.Segments.Any(s => s.IsDirty);
        _logStart = loaded.LogStartOffset;
        _recoveryPoint = _recoveryPointWritten = loaded.RecoveryPoint;
        _end = new LogMark(loaded.LogEndOffset, Active.BaseOffset, Active.Size);
        _high = _stable = LogMark.At(Math.Clamp(loaded.HighWatermark, _logStart, _end.Offset));
        HighWatermark = _high.Offset;
    }

    /// <summary>A log that is there but cannot be used: offline until the next start, its checkpoints kept.</summary>
    internal static PartitionLog Unreadable(LogContext context, LoadedLog loaded) => new(context, loaded) { IsFailed = true, _isClosed = true };

    /// <summary>The partition.</summary>
    public TopicPartition TopicPartition { get; }

    /// <summary>Its topic.</summary>
    public string Topic => TopicPartition.Topic;

    /// <summary>Its number.</summary>
    public int Partition => TopicPartition.Partition;

    /// <summary>The topic's id, zero when the directory has none.</summary>
    public Uuid TopicId { get; }

    /// <summary>The directory of the files.</summary>
    public string DirectoryPath { get; }

    /// <summary>The settings; replaced as a whole, for the next call.</summary>
    public LogOptions Options
    {
        get => Volatile.Read(ref _options);
        set => Volatile.Write(ref _options, value);
    }

    /// <summary>The first offset that may be read.</summary>
    public long LogStartOffset => Volatile.Read(ref _logStart);

    /// <summary>The offset of the next record.</summary>
    public long LogEndOffset
    {
        get
        {
            lock (_marksLock)
            {
                return _end.Offset;
            }
        }
    }

    /// <summary>The offset below which every record is committed. Set by the partition; kept between start and end of the log.</summary>
    public long HighWatermark
    {
        get
        {
            lock (_marksLock)
            {
                return _high.Offset;
            }
        }

        set
        {
            lock (_lock)
            {
                MoveHighWatermark(value);
            }
        }
    }

    /// <summary>The offset below which every transaction is decided; never above the high watermark.</summary>
    public long LastStableOffset
    {
        get
        {
            lock (_marksLock)
            {
                return _stable.Offset;
            }
        }
    }

    /// <summary>The offset below which everything is synced to the disk; recovery after a crash begins here.</summary>
    public long RecoveryPoint => Volatile.Read(ref _recoveryPoint);

    /// <summary>The recovery point as a checkpoint may say it: also the indexes of every segment wholly below it are synced.</summary>
    internal long RecoveryPointToWrite
    {
        get
        {
            lock (_lock)
            {
                var unsynced = Array.Find(_segments, s => s.HasUnsyncedIndexes && s != Active);
                return _recoveryPointWritten = unsynced == null ? _recoveryPoint : Math.Min(_recoveryPoint, unsynced.BaseOffset);
            }
        }
    }

    /// <summary>Bytes of all log files.</summary>
    public long SizeBytes => Segments.Sum(s => s.Size);

    /// <summary>The newest leader epoch written, -1 when there is none.</summary>
    public int LatestEpoch => _epochs.Latest;

    /// <summary>The leader epochs, oldest first.</summary>
    public IReadOnlyList<LeaderEpoch> LeaderEpochs => Epochs.Entries;

    /// <summary>True after the disk failed under this log; it takes no more appends.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>The exception that it failed with, where it met the failure itself.</summary>
    private Exception? _failure;

    /// <summary>True once it was closed, or its directory taken away: nothing more is done to its files.</summary>
    internal bool IsGone => _isClosed;

    /// <summary>The number of segments.</summary>
    public int SegmentCount => Segments.Length;

    /// <summary>Descriptors that the log owns now.</summary>
    internal int OpenFileCount => Segments.Sum(s => s.OpenFileCount);

    /// <summary>The waits for a sync; an idle log has none.</summary>
    internal LogCommit Commit => _commit ?? Interlocked.CompareExchange(ref _commit, new LogCommit(this), null) ?? _commit;

    internal Segment[] Segments => Volatile.Read(ref _segments);

    internal Segment Active => Segments[^1];

    internal IReadOnlyCollection<long> SnapshotOffsets => _snapshots.Offsets;

    /// <summary>The producers with state here (DescribeProducers).</summary>
    public List<ActiveProducer> ActiveProducers()
    {
        lock (_lock)
        {
            return [.. _producers.Producers.Select(p => new ActiveProducer(p.ProducerId, p.Epoch, p.LastSequence, p.LastTimestampMs, p.CoordinatorEpoch, p.TransactionFirstOffset))];
        }
    }

    /// <summary>The number of producers that the log remembers; asked without its lock, so that it may be a moment old.</summary>
    public int ProducerCount => _producers.Count;

    /// <summary>Forgets producers that have written nothing for <paramref name="expirationMs"/> (producer.id.expiration.ms); returns how many.</summary>
    public int RemoveExpiredProducers(long nowMs, long expirationMs)
    {
        lock (_lock)
        {
            return _producers.RemoveExpired(nowMs, expirationMs);
        }
    }

    /// <summary>Notes that a new leader epoch begins at the end of the log; called when this node becomes leader, before its first append.</summary>
    public void AssignLeaderEpoch(int epoch)
    {
        lock (_lock)
        {
            _leaderEpoch = epoch;
            _epochs.Assign(epoch, _end.Offset);
        }
    }

    /// <summary>This node leads no more: once this returns nothing is appended that was begun in an epoch before <paramref name="epoch"/>.</summary>
    public void EndLeadership(int epoch)
    {
        lock (_lock)
        {
            _leaderEpoch = Math.Max(epoch, _leaderEpoch + 1);
        }
    }

    /// <summary>Flushes, trims the indexes, writes a producer snapshot at the end and lets go of the files.</summary>
    public void Close()
    {
        bool isEmpty;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosing = true;
            isEmpty = _hasNewNames && !_isDirectoryDirty && _segments.Length == 1 && Active.Size == 0;
            if (!IsFailed)
            {
                Guarded(() =>
                {
                    TakeSnapshot();
                    if (!Active.Seal())
                    {
                        return;
                    }

                    Active.IsDirty = true;
                    _isDirectoryDirty = true;
                });
            }
        }

        if (!IsFailed && isEmpty)
        {
            Named(() => Guarded(() => _epochs.SaveAll(LogEndOffset))); // not flushed, as nothing here was promised to anybody: whatever a power loss leaves of it opens as an empty log
        }
        else if (!IsFailed)
        {
            Flush();
            Named(() => Guarded(() => _epochs.SaveAll(LogEndOffset)));
        }

        lock (_lock)
        {
            _isClosed = true;
            foreach (var segment in _segments)
            {
                segment.Close();
            }
        }
    }

    /// <summary>Under the lock: writes the producers as of their end, unless the log holds nothing; Kafka leaves an empty log without a snapshot.</summary>
    private void TakeSnapshot()
    {
        if (_producers.EndOffset > _logStart)
        {
            _snapshots.Take(_producers);
        }
    }

    /// <summary>The epochs, for a reader who may need what only their file can tell.</summary>
    private LeaderEpochs Epochs
    {
        get
        {
            if (!_epochs.IsRead)
            {
                Guarded(() => _ = _epochs.Entries);
            }

            return _epochs;
        }
    }

    /// <summary>
    /// Lets go of the files as they are: after the disk failed, or before the directory is deleted. Work under way ends with the files it holds; when this returns
    /// nothing is done by name any more, so the directory may be renamed and another made in its place.
    /// </summary>
    internal void Abandon()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var segment in _segments)
            {
                segment.Close();
            }
        }

        lock (_namesLock)
        {
        }
    }

    /// <summary>The directory's disk failed elsewhere.</summary>
    internal void MarkFailed() => IsFailed = true;

    /// <summary>Runs something that touches the disk; a failure marks the log as failed and tells the directory.</summary>
    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (DiskException e)
        {
            Fail(e);
            throw;
        }
    }

    /// <summary>
    /// A want of descriptors is no failure of the disk: the operation failed, the log did not. Nor is it one that a log which was closed on purpose is not where it was.
    /// </summary>
    private void Fail(DiskException e)
    {
        if (e.IsOutOfDescriptors || _isClosed)
        {
            return;
        }

        _failure = e;
        IsFailed = true;
        _context.Failed?.Invoke(this, e);
    }

    /// <summary>A broken invariant: this partition cannot be told from a lie any more and is offline until the next start; the directory is well.</summary>
    internal void FailAlone(Exception e)
    {
        if (_isClosed)
        {
            return;
        }

        _failure = e;
        IsFailed = true;
        StorageEvents.PartitionOffline(_context.Logger, e, DirectoryPath);
    }

    private void ThrowIfFailed()
    {
        if (IsFailed)
        {
            var cause = _failure ?? _context.DirectoryFailure?.Invoke();
            throw new DiskException("append", DirectoryPath, (cause as DiskException)?.Errno ?? 0, cause is null ? "the log failed before" : "the log failed before: " + cause.Message, cause);
        }
    }

    private void ThrowIfGone()
    {
        ThrowIfFailed();
        if (_isClosing || _isClosed)
        {
            throw new DiskException("use", DirectoryPath, 0, "the log was closed");
        }
    }

    private void MoveHighWatermark(long value)
    {
        var wanted = Math.Clamp(value, _logStart, _end.Offset);
        _producers.OnHighWatermark(wanted);
        lock (_marksLock)
        {
            if (wanted != _high.Offset || _high.Position < 0)
            {
                _high = wanted == _end.Offset ? _end : LogMark.At(wanted);
            }

            MoveStableMark();
        }
    }

    /// <summary>Under both locks: the last stable offset follows from the high watermark and the open transactions.</summary>
    private void MoveStableMark()
    {
        var stable = _producers.FirstUnstableOffset is { } first && first < _high.Offset ? Math.Max(first, _logStart) : _high.Offset;
        if (stable == _high.Offset)
        {
            _stable = _high;
        }
        else if (stable != _stable.Offset)
        {
            _stable = LogMark.At(stable);
        }
    }
}

/// <summary>An offset and where it lies in its segment; the position is -1 until somebody needed it.</summary>
internal readonly record struct LogMark(long Offset, long SegmentBase, long Position)
{
    public static LogMark At(long offset) => new(offset, -1, -1);
}
