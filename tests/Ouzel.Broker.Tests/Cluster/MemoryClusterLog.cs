using Ouzel.Broker.Cluster;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>A log that several nodes of one test share, as an ensemble would keep it: each has its own <see cref="MemoryClusterLog"/> of it.</summary>
internal sealed class SharedLog
{
    private TaskCompletionSource _grown = new();

    public List<ClusterBatch> Batches { get; } = [];

    public ClusterSnapshot? Snapshot { get; set; }

    public int Epoch { get; set; }

    public long OffsetFirst { get; private set; }

    public long OffsetNext => Batches.Count == 0 ? OffsetFirst : Batches[^1].OffsetNext;

    public Task Grown => _grown.Task;

    /// <summary>Drops what the snapshot covers.</summary>
    public void Prune()
    {
        OffsetFirst = Snapshot?.OffsetNext ?? 0;
        Batches.RemoveAll(b => b.OffsetNext <= OffsetFirst);
    }

    public void Add(IEnumerable<ClusterBatch> batches)
    {
        Batches.AddRange(batches);
        var grown = _grown;
        _grown = new TaskCompletionSource();
        grown.SetResult();
    }
}

/// <summary>One node's end of a <see cref="SharedLog"/>.</summary>
internal sealed class MemoryClusterLog(SharedLog shared) : IClusterLog
{
    private readonly List<ClusterBatch> _appended = [];
    private int _epoch;
    private bool _isFailed;

    /// <summary>The fate of the next commit that would succeed: nobody tells its caller. True: it is there.</summary>
    public bool? NextCommitIsThere { get; set; }

    public string ClusterId => ControllerBed.ClusterId;

    public long OffsetFirst => shared.OffsetFirst;

    public long OffsetNext => shared.OffsetNext;

    public long BytesSinceSnapshot => shared.Batches.Where(b => b.BaseOffset >= (shared.Snapshot?.OffsetNext ?? 0)).Sum(b => b.Records.Count);

    public long OffsetAppended => _appended.Count > 0 ? _appended[^1].OffsetNext : shared.OffsetNext;

    public ValueTask<int> ClaimAsync(CancellationToken cancellation)
    {
        _appended.Clear();
        _isFailed = false;
        _epoch = ++shared.Epoch;
        _appended.Add(new ClusterBatch(OffsetNext, OffsetNext + 1, _epoch, 0, []));
        return new(_epoch);
    }

    public AppendOutcome Append(int epoch, long baseOffset, IReadOnlyList<ClusterRecord> records)
    {
        if (_isFailed)
        {
            return AppendOutcome.Unknown;
        }

        if (epoch != _epoch || baseOffset != OffsetAppended)
        {
            return AppendOutcome.Fenced;
        }

        if (records.Count > 0)
        {
            _appended.Add(new ClusterBatch(baseOffset, baseOffset + records.Count, epoch, 0, records));
        }

        return AppendOutcome.Committed;
    }

    public ValueTask<AppendOutcome> CommitAsync(CancellationToken cancellation)
    {
        if (_isFailed)
        {
            return new(AppendOutcome.Unknown);
        }

        if (shared.Epoch != _epoch)
        {
            _appended.Clear();
            return new(AppendOutcome.Fenced);
        }

        var (isThere, appended) = (NextCommitIsThere, _appended.ToList());
        _appended.Clear();
        NextCommitIsThere = null;
        _isFailed = isThere is not null;
        if (isThere is not false)
        {
            shared.Add(appended);
        }

        return new(_isFailed ? AppendOutcome.Unknown : AppendOutcome.Committed);
    }

    public ValueTask<IReadOnlyList<ClusterBatch>?> ReadAsync(long offset, int recordsMax, CancellationToken cancellation)
        => new(offset < OffsetFirst ? null : [.. shared.Batches.Where(b => b.OffsetNext > offset)]);

    public Task WatchAsync(long offset, CancellationToken cancellation) => OffsetNext > offset ? Task.CompletedTask : shared.Grown.WaitAsync(cancellation);

    public ValueTask<ClusterSnapshot?> LatestSnapshotAsync(CancellationToken cancellation) => new(shared.Snapshot);

    public ValueTask SnapshotAsync(ClusterSnapshot snapshot, CancellationToken cancellation)
    {
        shared.Snapshot = snapshot;
        return ValueTask.CompletedTask;
    }

    public ValueTask PruneAsync(CancellationToken cancellation)
    {
        shared.Prune();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The stand-in keeps the contract too: what is tested with it holds with the others.</summary>
public sealed class MemoryClusterLogTests : ClusterLogContract
{
    private readonly SharedLog _shared = new();
    private MemoryClusterLog? _log;

    private protected override IClusterLog Open() => _log = new MemoryClusterLog(_shared);

    private protected override void Break() => _log!.NextCommitIsThere = true;
}
