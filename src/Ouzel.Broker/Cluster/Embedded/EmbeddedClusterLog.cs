using Microsoft.Extensions.Logging;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Cluster.Embedded;

/// <summary>The owner of the log, and how much of it is kept.</summary>
internal sealed record EmbeddedLogOptions
{
    public required int NodeId { get; init; }

    /// <summary>
    /// The address at which a controller would be reached: Apache Kafka wants to know it of each voter, and corrects it when it opens the directory.
    /// </summary>
    public NodeEndpoint ControllerEndpoint { get; init; } = new("CONTROLLER", "localhost", 9093, 0);

    /// <summary>metadata.max.retention.bytes: log and snapshots together.</summary>
    public long RetentionBytes { get; init; } = 100 * 1024 * 1024;

    /// <summary>metadata.max.retention.ms: age of a snapshot.</summary>
    public long RetentionMs { get; init; } = 604_800_000;
}

/// <summary>
/// The cluster's log of a single node: the partition __cluster_metadata-0 in Apache Kafka's format, with its snapshots and quorum-state, in the first log directory.
/// A node that is the only voter needs no votes: it claims an epoch by writing it down.
/// </summary>
internal sealed partial class EmbeddedClusterLog : IClusterLog
{
    /// <summary>The metadata topic's fixed id.</summary>
    public static readonly Uuid TopicId = Uuid.One;

    public static readonly TopicPartition Name = new(TopicNames.ClusterMetadata, 0);

    /// <summary>Settings of the metadata log: nothing is deleted by age or size, only what a snapshot covers.</summary>
    public static readonly LogOptions LogOptions = new()
    {
        Delete = false,
        RetentionMs = -1,
        RetentionBytes = -1,
        MessageBytesMax = MetadataBatches.BatchBytesMax,
        SegmentMs = 604_800_000,
    };

    private const int ReadBytesMax = 1024 * 1024;

    /// <summary>The wait of a change, without descriptors, until it is tried again.</summary>
    private static readonly TimeSpan ShortagePause = TimeSpan.FromMilliseconds(250);

    private readonly Disk _disk;
    private readonly LogDirectory _directory;
    private readonly EmbeddedLogOptions _options;
    private readonly TimeProvider _clock;
    private readonly PartitionLog _log;
    private readonly string _path;
    private readonly List<SnapshotFile> _snapshots;
    private readonly ILogger _logger;
    private readonly Queue<byte[]> _unwritten = new(); // appended while no descriptor was left: written before they are committed
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LogVoters _voters;
    private long _offsetNext;
    private int _epoch;
    private bool _isClaimed;
    private bool _isFailed;
    private volatile bool _isClosed;
    private long _unwrittenEnd;

    private EmbeddedClusterLog(Disk disk, LogDirectory directory, string clusterId, EmbeddedLogOptions options, TimeProvider clock, PartitionLog log, ILogger logger)
    {
        (_disk, _directory, ClusterId, _options, _clock, _log, _logger) = (disk, directory, clusterId, options, clock, log, logger);
        _path = log.DirectoryPath;
        _snapshots = SnapshotFile.List(disk, _path);
        _voters = LogVoters.Static;
    }

    public string ClusterId { get; }

    public long OffsetFirst => _log.LogStartOffset;

    public long OffsetNext => _offsetNext;

    public long OffsetAppended => _unwritten.Count > 0 ? _unwrittenEnd : _log.LogEndOffset;

    public long BytesSinceSnapshot { get; private set; }

    /// <summary>The voters as the log names them; null when the log leaves that to settings.</summary>
    public VotersRecord? Voters => _voters.Voters;

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask<int> ClaimAsync(CancellationToken cancellation)
    {
        var before = QuorumState.Read(_disk, _path);
        var epoch = Math.Max(before?.LeaderEpoch ?? 0, _log.LatestEpoch) + 1;
        // The epoch is on disk before it is used: whatever happens now, it is never claimed again.
        new QuorumState(_options.NodeId, epoch, -1, Uuid.Zero, [_options.NodeId]).Write(_disk, _path, _voters.KRaftVersion);
        var self = new LeaderChangeMessage.Voter { VoterId = _options.NodeId };
        var change = new LeaderChangeMessage { LeaderId = _options.NodeId, Voters = [self], GrantingVoters = [self] };
        var controls = new List<LogControl> { new(ControlRecordType.LeaderChange, change) };
        if (OffsetAppended == 0)
        {
            controls.AddRange(_voters.Controls); // Nobody but this node has the snapshot that named them first.
        }

        _isClaimed = false;
        if (Write([MetadataBatches.Control(OffsetAppended, epoch, NowMs, [.. controls])]) != AppendOutcome.Committed)
        {
            var cause = _directory.Failure;
            throw new DiskException("append", _path, cause?.Errno ?? 0, "the new epoch could not be written" + (cause is null ? "" : ": " + cause.Message), cause);
        }

        (_epoch, _isClaimed) = (epoch, true);
        return new(epoch);
    }

    public AppendOutcome Append(int epoch, long baseOffset, IReadOnlyList<ClusterRecord> records)
    {
        if (_isFailed)
        {
            return AppendOutcome.Unknown;
        }

        if (!_isClaimed || epoch != _epoch || baseOffset != OffsetAppended)
        {
            return AppendOutcome.Fenced;
        }

        if (records.Count == 0)
        {
            return AppendOutcome.Committed;
        }

        var batches = MetadataBatches.DataBatches(baseOffset, epoch, NowMs, records);
        if (batches.Count > 1)
        {
            // A crash may leave the first batches without the last: readers count them only once the end is there.
            IReadOnlyList<ClusterRecord> whole = [ClusterRecord.Of(new BeginTransactionRecord { Name = "long change" }), .. records, ClusterRecord.Of(new EndTransactionRecord())];
            batches = MetadataBatches.DataBatches(baseOffset, epoch, NowMs, whole);
        }

        return Write(batches);
    }

    public async ValueTask<AppendOutcome> CommitAsync(CancellationToken cancellation)
    {
        if (_isFailed)
        {
            return AppendOutcome.Unknown;
        }

        var end = OffsetAppended;
        if (end == _offsetNext)
        {
            return AppendOutcome.Committed;
        }

        for (var tries = 0; !TryWrite() || !await _directory.WaitDurable(_log, end); tries++)
        {
            if (!MayBeShort)
            {
                _isFailed = true;
                return AppendOutcome.Unknown;
            }

            if (tries == 0)
            {
                ClusterEvents.ChangeWaits(_logger, _path);
            }

            await Task.Delay(ShortagePause, _clock, cancellation);
        }

        _log.HighWatermark = end;
        _offsetNext = end;
        var grown = _grown;
        _grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        grown.SetResult();
        return AppendOutcome.Committed;
    }

    private AppendOutcome Write(List<byte[]> batches)
    {
        foreach (var batch in batches)
        {
            RecordBatch.TryRead(batch, out var read, out _);
            _unwrittenEnd = read.LastOffset + 1;
            _unwritten.Enqueue(batch);
        }

        if (TryWrite() || MayBeShort)
        {
            return AppendOutcome.Committed;
        }

        _isFailed = true;
        return AppendOutcome.Unknown;
    }

    /// <summary>False when a batch could not be written; it and those behind it wait.</summary>
    private bool TryWrite()
    {
        while (_unwritten.TryPeek(out var batch))
        {
            var error = _log.AppendAsFollower(batch, NowMs).Error;
            if (error != ErrorCode.None)
            {
                _isFailed |= error != ErrorCode.KafkaStorageError;
                return false;
            }

            _unwritten.Dequeue();
            BytesSinceSnapshot += batch.Length;
        }

        return true;
    }

    /// <summary>After a failure: it took nothing with it, as only a lack of descriptors does, and what failed may be tried again.</summary>
    private bool MayBeShort => !_isFailed && !_isClosed && !_log.IsFailed && !_directory.IsOffline;

    public ValueTask<IReadOnlyList<ClusterBatch>?> ReadAsync(long offset, int recordsMax, CancellationToken cancellation)
    {
        if (offset < OffsetFirst)
        {
            return new((IReadOnlyList<ClusterBatch>?)null);
        }

        var batches = new List<ClusterBatch>();
        for (var count = 0; offset < _offsetNext && (batches.Count == 0 || count < recordsMax);)
        {
            foreach (var batch in ReadFrom(offset))
            {
                batches.Add(batch);
                offset = batch.OffsetNext;
                count += batch.Records.Count;
            }
        }

        return new(batches);
    }

    private List<ClusterBatch> ReadFrom(long offset)
    {
        var read = _log.Read(offset, ReadBytesMax, FetchIsolation.LogEnd, minOneMessage: true);
        using var slice = read.Records;
        if (read.Error != ErrorCode.None || slice is null)
        {
            throw new InvalidDataException($"{_path} cannot be read at offset {offset} ({read.Error}), below its end {_offsetNext}");
        }

        var batches = new List<ClusterBatch>();
        ReadOnlySpan<byte> rest = slice.ToArray();
        while (RecordBatch.TryRead(rest, out var batch, out var size))
        {
            if (!batch.IsCrcValid())
            {
                throw new InvalidDataException($"{_path} is damaged at offset {batch.BaseOffset}: its checksum is wrong");
            }

            if (batch.LastOffset >= offset)
            {
                batches.Add(MetadataBatches.Read(batch));
            }

            rest = rest[size..];
        }

        return batches.Count > 0 ? batches : throw new InvalidDataException($"{_path} has no whole batch at offset {offset}, below its end {_offsetNext}");
    }

    public Task WatchAsync(long offset, CancellationToken cancellation)
    {
        var grown = _grown.Task;
        return _offsetNext > offset ? Task.CompletedTask : grown.WaitAsync(cancellation);
    }

    /// <summary>The log itself belongs to its directory, which closes it.</summary>
    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        return ValueTask.CompletedTask;
    }
}
