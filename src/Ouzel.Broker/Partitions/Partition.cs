using System.Buffers;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Records.Validation;
using Ouzel.Storage;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Partitions;

/// <summary>A replica on this node: who leads it, how far it is committed, who waits for news of it.</summary>
/// <remarks>
/// The high watermark of a partition whose only in-sync replica is this node is its log end, also before that is synced:
/// consumers then see what a loss of power may take back, as they do with Apache Kafka. What was acknowledged with acks=all
/// is on the disk (<see cref="WaitAcknowledgedAsync"/>).
/// </remarks>
internal sealed class Partition
{
    // Who may touch what: Follow, Leave, Stop and Delete are called by the cluster's listener, one at a time. Everybody else reads _leadership and _isDeleted, which
    // are swapped whole. An append reads the leadership once; when that has moved on before the log is reached, the log refuses the older epoch: it was told of the
    // change under the lock that appends take. A deletion shows in _isDeleted before the log is closed, so that whoever meets the closed log finds out why.

    private readonly LogDirectory _directory;
    private readonly Durability _durability;
    private readonly Acknowledgements _acknowledgements;

    /// <summary>Held while the high watermark follows from the leadership, so that neither is of another time than the other.</summary>
    private readonly Lock _watermarkGate = new();
    private volatile Leadership _leadership = Leadership.None;
    private volatile bool _isDeleted;
    private volatile bool _isStopping;

    public Partition(PartitionLog log, LogDirectory directory, Durability durability, FaultGuard faults)
    {
        (Log, _directory, _durability) = (log, directory, durability);
        (End, Watermark) = (new PartitionMark(faults), new PartitionMark(faults));
        _acknowledgements = new Acknowledgements(this, faults);
    }

    public PartitionLog Log { get; }

    public LogDirectory Directory => _directory;

    public TopicPartition Name => Log.TopicPartition;

    public Uuid TopicId => Log.TopicId;

    /// <summary>The log's end when this node started after a stop that was not clean; null after a clean one, and for a log made since.</summary>
    public long? RecoveredEnd { get; init; }

    /// <summary>The end of the log: who reads to it waits here.</summary>
    public PartitionMark End { get; }

    /// <summary>The high watermark: who reads to it, or to the last stable offset, waits here.</summary>
    public PartitionMark Watermark { get; }

    public Leadership Leadership => _leadership;

    /// <summary>Takes over what the cluster's metadata says. Becoming leader begins the leader epoch in the log. What is known already wakes nobody.</summary>
    public void Follow(PartitionImage image, bool isLeader, int isrMin)
    {
        var before = _leadership;
        var after = before.Next(image, isLeader, isrMin);
        if (after.SaysTheSame(before))
        {
            return;
        }

        if (isLeader && (!before.IsLeader || before.Epoch != after.Epoch))
        {
            Log.AssignLeaderEpoch(after.Epoch);
        }

        lock (_watermarkGate)
        {
            _leadership = after;
        }

        if (isLeader)
        {
            MoveWatermark();
        }
        else if (before.IsLeader)
        {
            Log.EndLeadership(after.Epoch);
            _acknowledgements.EndAll(ErrorCode.NotLeaderOrFollower);
        }

        TellNews(0);
    }

    /// <summary>It cannot follow what the cluster decided: it leads nothing, and whoever waits is told.</summary>
    public void Leave()
    {
        Log.EndLeadership(_leadership.Epoch + 1);
        Leave(ErrorCode.NotLeaderOrFollower, onlyBehindWatermark: false);
    }

    /// <summary>The node stops: whoever waits is told, but for those whose records only this node's disk does not have yet: it will.</summary>
    public void Stop()
    {
        _isStopping = true;
        Leave(ErrorCode.NotLeaderOrFollower, onlyBehindWatermark: true);
    }

    /// <summary>The topic is deleted; called before the log is closed. Whoever waits is told.</summary>
    public void Delete()
    {
        _isDeleted = true;
        Leave(ErrorCode.UnknownTopicOrPartition, onlyBehindWatermark: false);
    }

    private void Leave(ErrorCode error, bool onlyBehindWatermark)
    {
        _leadership = Leadership.None;
        _acknowledgements.EndAll(error, onlyBehindWatermark);
        TellNews(0);
    }

    /// <summary>Tells why the log did not do what was asked: a closed log of a deleted topic is no fault of the disk.</summary>
    public ErrorCode ReasonOf(ErrorCode error) => error == ErrorCode.KafkaStorageError && _isDeleted ? ErrorCode.UnknownTopicOrPartition : error;

    /// <summary>Tells whether this node may speak for the partition to someone who knows <paramref name="currentLeaderEpoch"/> (-1: does not say).</summary>
    public ErrorCode CheckLeader(int currentLeaderEpoch, bool leaderOnly = true) => CheckLeader(_leadership, currentLeaderEpoch, leaderOnly);

    private ErrorCode CheckLeader(Leadership now, int currentLeaderEpoch, bool leaderOnly)
    {
        if (_isDeleted)
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        if (Log.IsFailed || _directory.IsOffline)
        {
            return ErrorCode.KafkaStorageError;
        }

        if (currentLeaderEpoch >= 0 && currentLeaderEpoch != now.Epoch)
        {
            return currentLeaderEpoch < now.Epoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
        }

        return now.IsLeader || !leaderOnly ? ErrorCode.None : ErrorCode.NotLeaderOrFollower;
    }

    /// <summary>Appends one batch; its header is completed in place. Nobody waiting is told yet: the caller does when all is appended.</summary>
    /// <param name="checkedBefore">The verdict of <see cref="BeginCheck"/>, when there is one.</param>
    public LogAppendResult AppendAsLeader(Span<byte> batch, LogAppendOrigin origin, bool acksAll, long nowMs, bool oldFormats = false, RecordValidation? checkedBefore = null)
    {
        var now = _leadership;
        var error = CheckLeader(now, -1, leaderOnly: true);
        if (error == ErrorCode.None && acksAll && now.IsBelowMin)
        {
            error = ErrorCode.NotEnoughReplicas;
        }

        if (error != ErrorCode.None)
        {
            return LogAppendResult.Refused(error);
        }

        var result = checkedBefore is { } verdict ? Log.AppendAsLeader(batch, verdict, now.Epoch, origin, nowMs)
            : Log.AppendAsLeader(batch, now.Epoch, origin, nowMs, oldFormats);
        if (result.Error != ErrorCode.None)
        {
            return result.Error == ErrorCode.KafkaStorageError && _isDeleted ? LogAppendResult.Refused(ErrorCode.UnknownTopicOrPartition) : result;
        }

        if (!result.IsDuplicate)
        {
            MoveWatermark();
        }

        return result;
    }

    /// <summary>Checks a batch that is to be appended as far as a slice goes; null when the verdict is there.</summary>
    public SlicedCheck? BeginCheck(ReadOnlySpan<byte> batch, LogAppendOrigin origin, long nowMs, bool oldFormats, long sliceBytes, out RecordValidation verdict)
        => Log.BeginCheck(batch, origin, nowMs, oldFormats, sliceBytes, out verdict);

    /// <summary>True when the next append has to go through <see cref="AppendQueuedAsync"/>, because the disk makes writers wait.</summary>
    public bool MustQueue => _directory.IsSlow;

    /// <summary>
    /// <see cref="AppendAsLeader"/> behind what was queued before, on the thread of the log directory: of a copy of the batch, or, when so many bytes wait already
    /// that no more may be copied, of the batch where it lies. Its connection then reads nothing more until it is written: nothing is refused, and what the client
    /// sends behind it stays behind it.
    /// </summary>
    /// <param name="checkedBefore">As for <see cref="AppendAsLeader"/>.</param>
    /// <param name="frame">Where the batch lies; null when the caller keeps the batch and brings no other one until this is done.</param>
    public Task<LogAppendResult> AppendQueuedAsync(Memory<byte> batch, LogAppendOrigin origin, bool acksAll, long nowMs, FrameHold? frame, bool oldFormats = false, RecordValidation? checkedBefore = null)
    {
        var done = new TaskCompletionSource<LogAppendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (frame is null || !TryQueueCopy())
        {
            frame?.Add();
            _directory.QueueInPlace(RunInPlace);
        }

        return done.Task;

        bool TryQueueCopy()
        {
            var copy = ArrayPool<byte>.Shared.Rent(batch.Length);
            batch.CopyTo(copy);
            // What the check wrote anew waits with it, and may be a thousand times as large.
            if (_directory.TryQueue(Math.Max(batch.Length, checkedBefore?.Rewritten?.Length ?? 0), RunCopy))
            {
                return true;
            }

            ArrayPool<byte>.Shared.Return(copy);
            return false;

            void RunCopy()
            {
                Run(copy.AsSpan(0, batch.Length));
                ArrayPool<byte>.Shared.Return(copy);
            }
        }

        void RunInPlace()
        {
            Run(batch.Span);
            frame?.LetGo();
        }

        void Run(Span<byte> bytes)
        {
            try
            {
                done.SetResult(AppendAsLeader(bytes, origin, acksAll, nowMs, oldFormats, checkedBefore));
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        }
    }

    /// <summary>
    /// Does something that needs the log's lock and takes long only while the disk makes writers wait, who hold that lock: then on the thread of the log directory, behind
    /// what was queued before. Awaited before the connection's next request is begun.
    /// </summary>
    public ValueTask<T> DoAsync<T>(Func<T> work)
    {
        if (!MustQueue)
        {
            return new(work());
        }

        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _directory.QueueInPlace(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        });
        return new(done.Task);
    }

    /// <summary>Begins to wait until everything below <paramref name="offset"/> may be acknowledged with acks=all; true when that is over already, and nobody will be called.</summary>
    /// <param name="wait">Who is called when it is over.</param>
    /// <param name="offset">The offset after the last record.</param>
    /// <param name="epoch">The leader epoch in which it was appended.</param>
    /// <param name="error">When it is over: None, or why it is not acknowledged.</param>
    /// <param name="fault">When it is over: what the sync threw; null mostly.</param>
    public bool IsAcknowledged(AcknowledgeWait wait, long offset, int epoch, out ErrorCode error, out Exception? fault)
    {
        var syncs = _durability switch
        {
            Durability.Fsync => true,
            Durability.Replicated => _leadership.Isr.Length <= 1,
            _ => false,
        };
        var sync = syncs ? _directory.WaitDurable(Log, offset, isBrief: true) : new ValueTask<bool>(true);
        return _acknowledgements.IsOver(wait, offset, epoch, sync, out error, out fault);
    }

    /// <summary>Ends a wait whose deadline has come; see <see cref="Acknowledgements.Cancel"/>.</summary>
    public bool Cancel(AcknowledgeWait wait, out bool isLetGo) => _acknowledgements.Cancel(wait, out isLetGo);

    /// <summary>Completes once everything below <paramref name="offset"/> may be acknowledged, or can no longer be; without a deadline.</summary>
    /// <param name="offset">The offset after the last record, appended in the leadership that there is now.</param>
    public ValueTask<ErrorCode> WaitAcknowledgedAsync(long offset)
    {
        var wait = new AwaitedAcknowledgement();
        return !IsAcknowledged(wait, offset, _leadership.Epoch, out var error, out var fault) ? new(wait.Ended)
            : fault is null ? new(error)
            : ValueTask.FromException<ErrorCode>(fault);
    }

    /// <summary>Tells why this node may not acknowledge what it appended in an epoch, whatever becomes of it; None while it may.</summary>
    public ErrorCode WhyNotAcknowledged(int epoch)
    {
        var now = _leadership;
        return _isDeleted ? ErrorCode.UnknownTopicOrPartition
            : _isStopping || (now.IsLeader && epoch >= now.LeadsSince) ? ErrorCode.None
            : ErrorCode.NotLeaderOrFollower;
    }

    /// <summary>
    /// The error told of records that every replica in sync has: when these have become too few meanwhile, the producer is told, although its records stay.
    /// </summary>
    /// <remarks>
    /// Only a leader can say so. The race of a sync that ends with the loss of leadership: the leadership is swapped, and with the last replica's leaving nobody is in
    /// sync any more; then the sync ends, then those who wait are told. What was committed before stays so.
    /// </remarks>
    public ErrorCode ErrorOfCommitted => _leadership is { IsLeader: true, IsBelowMin: true } ? ErrorCode.NotEnoughReplicasAfterAppend : ErrorCode.None;

    /// <summary>Tells whoever waits of an append; the caller holds no lock. Behind a new segment a fetch that waits in the one before gets no more, so it is to look at once.</summary>
    public void TellAppended(int bytes, bool isNewSegment)
    {
        var news = isNewSegment ? 0 : bytes;
        End.Tell(news);
        if (_leadership is { Isr.Length: <= 1 })
        {
            Watermark.Tell(news); // it has moved with the end; else the replicas that fetch move it, and whoever changes that tells everybody
        }
    }

    /// <summary>Tells whoever waits; the caller holds no lock.</summary>
    public void TellNews(int bytes)
    {
        End.Tell(bytes);
        Watermark.Tell(bytes);
    }

    /// <summary>Commits what is in the log where no other replica is in sync.</summary>
    private void MoveWatermark()
    {
        lock (_watermarkGate)
        {
            if (!_leadership.IsAlone)
            {
                return;
            }

            var end = Log.LogEndOffset;
            if (end > Log.HighWatermark)
            {
                Log.HighWatermark = end;
            }
        }

        _acknowledgements.OnWatermark();
    }

    private sealed class AwaitedAcknowledgement : AcknowledgeWait
    {
        private readonly TaskCompletionSource<ErrorCode> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ErrorCode> Ended => _ended.Task;

        protected internal override void OnEnded(ErrorCode error, Exception? fault, bool isLetGo)
        {
            if (fault is null)
            {
                _ended.SetResult(error);
            }
            else
            {
                _ended.SetException(fault);
            }
        }
    }
}
