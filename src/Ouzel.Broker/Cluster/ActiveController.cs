using Microsoft.Extensions.Logging;
using Ouzel.Protocol.Messages;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Cluster;

/// <summary>The metadata's log failed or went on elsewhere: this controller has resigned, takes no more changes, and nothing it said last can be relied on.</summary>
internal sealed class ControllerFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The times at which snapshots of the metadata are taken.</summary>
internal sealed record SnapshotPolicy
{
    /// <summary>metadata.log.max.record.bytes.between.snapshots.</summary>
    public long BytesBetween { get; init; } = 20 * 1024 * 1024;

    /// <summary>metadata.log.max.snapshot.interval.ms.</summary>
    public long IntervalMs { get; init; } = 3_600_000;
}

/// <summary>
/// The controller while it is active: it claims the log, decides changes one at a time, each on the image with the ones before it, and appends them. Those that came
/// while others were being committed are committed together, then shown by the <see cref="ImageFollower"/> in order, and only then answered: nobody hears of what is
/// not committed, a refusal that rests on it included.
/// </summary>
/// <remarks>
/// When somebody else has claimed the log, or it cannot be known what became of an append, it resigns: what it had not committed is forgotten, whoever asked is told,
/// and the follower reads from the log what became of it. It may claim again.
/// </remarks>
internal sealed class ActiveController(
    IClusterLog log, ImageFollower follower, MetadataCache cache, TimeProvider clock, SnapshotPolicy snapshots, ILogger logger) : IDecisions
{
    /// <summary>Bounds how long the first of them waits for the last; what comes beyond is committed next.</summary>
    private const int ChangesPerCommitMax = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<Change> _waiting = new(); // at most one of each connection
    private readonly List<Change> _together = [];
    private readonly List<ClusterDelta> _unshown = [];
    private TaskCompletionSource<ControllerFailedException> _resigned = NewReign();
    private ClusterReplay? _replay;
    private bool _isRunning;
    private int _epoch;
    private long _snapshotMs;

    /// <summary>Completes when this controller resigns; another one after the next claim.</summary>
    public Task<ControllerFailedException> Resigned => _resigned.Task;

    /// <summary>The epoch that was claimed last; 0 before.</summary>
    public int Epoch => _epoch;

    /// <summary>End of the metadata log.</summary>
    public long OffsetNext => log.OffsetNext;

    /// <summary>
    /// Begins this controller's epoch: undoes a change that the last one left half done, gives a new cluster its first records, and makes the first changes
    /// of this run. All of it is committed together.
    /// </summary>
    /// <param name="bootstrap">The first records of a new cluster.</param>
    /// <param name="first">Decide, one after the other, with the image as it is then and the offset of the next record.</param>
    public async ValueTask ClaimAsync(
        Func<IReadOnlyList<ClusterRecord>> bootstrap, IReadOnlyList<Func<ClusterImage, long, IReadOnlyList<ClusterRecord>>> first, CancellationToken cancellation)
    {
        if (_resigned.Task.IsCompleted)
        {
            _resigned = NewReign();
        }

        _snapshotMs = NowMs;
        _epoch = await log.ClaimAsync(cancellation);

        // Whoever had the log before can add nothing any more: what is there now is all of it.
        await follower.CatchUpAsync(cancellation);
        _replay = follower.HandOver();
        if (log.OffsetAppended > _replay.OffsetNext)
        {
            _replay.Add(new ClusterBatch(_replay.OffsetNext, log.OffsetAppended, _epoch, NowMs, []));
        }

        try
        {
            if (_replay.InTransaction)
            {
                ClusterEvents.TransactionAborted(logger);
                Append([ClusterRecord.Of(new AbortTransactionRecord { Reason = "A new controller took over" })]);
            }

            if (!_replay.HasChanges || Newest.Features.IsEmpty)
            {
                Append(bootstrap());
            }

            foreach (var decide in first)
            {
                Append(decide(Newest, log.OffsetAppended));
            }

            await CommitAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw Resign(e);
        }
    }

    /// <summary>
    /// Decides on a change with the image as it is and the offset at which its records will stand, and answers once it is committed and everybody here
    /// has seen it. Changes asked for while others are being committed are decided one after the other and committed together.
    /// </summary>
    /// <exception cref="ControllerFailedException">The change may or may not have happened, and no other will.</exception>
    public ValueTask<T> DecideAsync<T>(Func<ClusterImage, long, Decision<T>> decide)
    {
        var change = new Change<T>(decide);
        lock (_gate)
        {
            _waiting.Enqueue(change);
            if (_isRunning)
            {
                return new(change.Answered);
            }

            _isRunning = true;
        }

        _ = RunAsync();
        return new(change.Answered);
    }

    private async Task RunAsync()
    {
        while (TakeWaiting())
        {
            try
            {
                foreach (var change in _together)
                {
                    Decide(change);
                }

                if (_unshown.Count > 0)
                {
                    await CommitAsync();
                }

                foreach (var change in _together)
                {
                    change.Respond();
                }
            }
            catch (Exception e)
            {
                var failure = Resign(e);
                foreach (var change in _together)
                {
                    change.Fail(failure);
                }
            }
        }
    }

    /// <summary>Takes what is committed together next; false when nothing waits and the caller is to end.</summary>
    private bool TakeWaiting()
    {
        _together.Clear();
        lock (_gate)
        {
            while (_together.Count < ChangesPerCommitMax && _waiting.TryDequeue(out var change))
            {
                _together.Add(change);
            }

            return _isRunning = _together.Count > 0;
        }
    }

    private void Decide(Change change)
    {
        if (_resigned.Task.IsCompleted || _replay is null)
        {
            change.Fail(new ControllerFailedException("This node does not control the cluster"));
            return;
        }

        IReadOnlyList<ClusterRecord> records;
        try
        {
            records = change.Decide(Newest, log.OffsetAppended);
        }
        catch (Exception e)
        {
            change.Fail(e); // Its own affair: nothing was appended.
            return;
        }

        if (records.Count > 0)
        {
            Append(records);
        }
    }

    /// <summary>Appends one change; the next one is decided with it in the image.</summary>
    private void Append(IReadOnlyList<ClusterRecord> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        var baseOffset = log.OffsetAppended;
        var outcome = log.Append(_epoch, baseOffset, records);
        if (outcome != AppendOutcome.Committed)
        {
            throw new ControllerFailedException($"A change of the metadata ended as {outcome} at offset {baseOffset}");
        }

        _replay!.Add(new ClusterBatch(baseOffset, log.OffsetAppended, _epoch, NowMs, records));
        if (!_replay.InTransaction)
        {
            _unshown.Add(_replay.Complete());
        }
    }

    /// <summary>Commits what was appended, then shows it.</summary>
    private async ValueTask CommitAsync()
    {
        // Without cancellation: a client that goes away does not take back what it asked for.
        var outcome = await log.CommitAsync(CancellationToken.None);
        if (outcome != AppendOutcome.Committed)
        {
            throw new ControllerFailedException($"Changes of the metadata ended as {outcome} behind offset {log.OffsetNext}");
        }

        foreach (var delta in _unshown)
        {
            await follower.ShowAsync(delta);
        }

        _unshown.Clear();
        await SnapshotIfDueAsync();
    }

    private async ValueTask SnapshotIfDueAsync()
    {
        if (_replay!.InTransaction || (log.BytesSinceSnapshot < snapshots.BytesBetween && NowMs - _snapshotMs < snapshots.IntervalMs))
        {
            return;
        }

        var image = cache.Current;
        var records = ImageRecords.Of(image).ToList();
        try
        {
            await log.SnapshotAsync(new ClusterSnapshot(image.Offset + 1, image.Epoch, image.TimestampMs, records), CancellationToken.None);
            await log.PruneAsync(CancellationToken.None);
        }
        catch (DiskException e) when (e.IsOutOfDescriptors)
        {
            ClusterEvents.SnapshotLeftOut(logger, e.Message); // the next change tries again
            return;
        }

        _snapshotMs = NowMs;
        ClusterEvents.SnapshotWritten(logger, image.Offset + 1, records.Count);
    }

    /// <summary>The image with everything appended.</summary>
    private ClusterImage Newest => _unshown.Count > 0 ? _unshown[^1].After : cache.Current;

    private ControllerFailedException Resign(Exception e)
    {
        var failure = e as ControllerFailedException ?? new ControllerFailedException(e.Message, e);
        _unshown.Clear(); // Nobody is to build on them.
        _replay = null;
        if (_resigned.TrySetResult(failure))
        {
            ClusterEvents.Failed(logger, failure.Message);
        }

        return failure;
    }

    private static TaskCompletionSource<ControllerFailedException> NewReign() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A change that is asked for, and who waits for it.</summary>
    private abstract class Change
    {
        /// <summary>Decides which records it writes.</summary>
        public abstract IReadOnlyList<ClusterRecord> Decide(ClusterImage image, long offset);

        /// <summary>It is committed and shown.</summary>
        public abstract void Respond();

        public abstract void Fail(Exception failure);
    }

    private sealed class Change<T>(Func<ClusterImage, long, Decision<T>> decide) : Change
    {
        private readonly TaskCompletionSource<T> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Decision<T>? _decision;

        public Task<T> Answered => _answered.Task;

        public override IReadOnlyList<ClusterRecord> Decide(ClusterImage image, long offset) => (_decision = decide(image, offset)).Records;

        public override void Respond()
        {
            if (_decision is { } decision)
            {
                _answered.TrySetResult(decision.Response);
            }
        }

        public override void Fail(Exception failure) => _answered.TrySetException(failure);
    }
}
