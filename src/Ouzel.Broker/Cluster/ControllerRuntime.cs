using Microsoft.Extensions.Logging;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Cluster;

/// <summary>The metadata's log failed or went on elsewhere: this controller takes no more changes, and nothing it says can be relied on.</summary>
internal sealed class ControllerFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>When snapshots of the metadata are taken.</summary>
internal sealed record SnapshotPolicy
{
    /// <summary>metadata.log.max.record.bytes.between.snapshots.</summary>
    public long BytesBetween { get; init; } = 20 * 1024 * 1024;

    /// <summary>metadata.log.max.snapshot.interval.ms.</summary>
    public long IntervalMs { get; init; } = 3_600_000;
}

/// <summary>
/// Runs the controller: one change at a time is decided, appended, applied and shown to the listeners, and only then answered.
/// What a change is decided on is therefore always what is committed.
/// </summary>
internal sealed class ControllerRuntime(
    IClusterLog log, MetadataCache cache, TimeProvider clock, SnapshotPolicy snapshots, ILogger logger) : IAsyncDisposable
{
    private const int RecordsPerRead = 10_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<IClusterListener> _listeners = [];
    private readonly TaskCompletionSource<ControllerFailedException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClusterReplay _replay = new(ClusterImage.Empty);
    private int _epoch;
    private long _snapshotMs;

    /// <summary>Completes when this controller can go on no more; the node should stop.</summary>
    public Task<ControllerFailedException> Failed => _failed.Task;

    /// <summary>The epoch this controller claimed; 0 before.</summary>
    public int Epoch => _epoch;

    /// <summary>End of the metadata log.</summary>
    public long OffsetNext => log.OffsetNext;

    /// <summary>Adds a listener; before <see cref="LoadAsync"/>, in the order in which they are told.</summary>
    public void Subscribe(IClusterListener listener) => _listeners.Add(listener);

    /// <summary>
    /// Shows listeners everything there is: what was <paramref name="found"/> before, if the log ends there; else the newest snapshot and the log behind it are read.
    /// </summary>
    public async ValueTask LoadAsync(MetadataFold? found, CancellationToken cancellation)
    {
        if (found is { Replay.InTransaction: false } && found.Replay.OffsetNext == log.OffsetNext && found.Delta.After.ClusterId == log.ClusterId)
        {
            _replay = found.Replay;
            _snapshotMs = NowMs;
            await ShowAsync(found.Delta);
            return;
        }

        _replay = new ClusterReplay(new ClusterImage { ClusterId = log.ClusterId });
        _snapshotMs = NowMs;
        var offset = 0L;
        if (await log.LatestSnapshotAsync(cancellation) is { } snapshot)
        {
            _replay.Add(snapshot);
            offset = snapshot.OffsetNext;
        }

        while (offset < log.OffsetNext)
        {
            var batches = await log.ReadAsync(offset, RecordsPerRead, cancellation)
                ?? throw new InvalidDataException($"The metadata log begins at {log.OffsetFirst}, behind its newest snapshot at {offset}");
            foreach (var batch in batches)
            {
                _replay.Add(batch);
                offset = batch.OffsetNext;
            }
        }

        await ShowAsync();
    }

    /// <summary>Begins this controller's epoch: undoes a change that the last one left half done, and gives a new cluster its first records.</summary>
    public async ValueTask ClaimAsync(Func<IReadOnlyList<ClusterRecord>> bootstrap, CancellationToken cancellation)
    {
        var offset = log.OffsetNext;
        _epoch = await log.ClaimAsync(cancellation);
        _replay.Add(new ClusterBatch(offset, log.OffsetNext, _epoch, NowMs, []));
        if (_replay.InTransaction)
        {
            ClusterEvents.TransactionAborted(logger);
            await CommitAsync([ClusterRecord.Of(new AbortTransactionRecord { Reason = "A new controller took over" })], cancellation);
        }

        if (cache.Current.Features.IsEmpty)
            await CommitAsync(bootstrap(), cancellation);
    }

    /// <summary>
    /// Decides on a change with the image as it is and the offset at which its records will stand, and answers once it is committed and everybody here
    /// has seen it. A decision without records is answered at once.
    /// </summary>
    /// <exception cref="ControllerFailedException">The change may or may not have happened, and no other will.</exception>
    public async ValueTask<T> DecideAsync<T>(Func<ClusterImage, long, Decision<T>> decide, CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var decision = decide(cache.Current, log.OffsetNext);
            if (decision.Records.Count > 0)
                await CommitAsync(decision.Records, CancellationToken.None); // A client that goes away does not take back what it asked for.
            return decision.Answer;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask CommitAsync(IReadOnlyList<ClusterRecord> records, CancellationToken cancellation)
    {
        if (_failed.Task.IsCompleted)
            throw new ControllerFailedException("The controller has failed before", await _failed.Task);
        try
        {
            var baseOffset = log.OffsetNext;
            var outcome = await log.AppendAsync(_epoch, baseOffset, records, cancellation);
            if (outcome != AppendOutcome.Committed)
                throw new ControllerFailedException($"A change of the metadata ended as {outcome} at offset {baseOffset}");
            _replay.Add(new ClusterBatch(baseOffset, log.OffsetNext, _epoch, NowMs, records));
            await ShowAsync();
            await SnapshotIfDueAsync(cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw Fail(e);
        }
    }

    private async ValueTask ShowAsync()
    {
        if (_replay.InTransaction)
            return;
        await ShowAsync(_replay.Complete());
    }

    private async ValueTask ShowAsync(ClusterDelta delta)
    {
        foreach (var listener in _listeners)
            await listener.OnChangeAsync(delta.After, delta);
        // Last, so that whoever finds a partition in the image also finds it served.
        cache.Current = delta.After;
    }

    private async ValueTask SnapshotIfDueAsync(CancellationToken cancellation)
    {
        if (_replay.InTransaction || (log.BytesSinceSnapshot < snapshots.BytesBetween && NowMs - _snapshotMs < snapshots.IntervalMs))
            return;
        var image = cache.Current;
        var records = ImageRecords.Of(image).ToList();
        await log.SnapshotAsync(new ClusterSnapshot(image.Offset + 1, image.Epoch, image.TimestampMs, records), cancellation);
        await log.PruneAsync(cancellation);
        _snapshotMs = NowMs;
        ClusterEvents.SnapshotWritten(logger, image.Offset + 1, records.Count);
    }

    private ControllerFailedException Fail(Exception e)
    {
        var failure = e as ControllerFailedException ?? new ControllerFailedException(e.Message, e);
        if (_failed.TrySetResult(failure))
            ClusterEvents.Failed(logger, failure.Message);
        return failure;
    }

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask DisposeAsync()
    {
        await log.DisposeAsync();
        _turn.Dispose();
    }
}
