using System.Buffers;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Fetching;
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
internal sealed class Partition(PartitionLog log, LogDirectory directory, Durability durability, FaultGuard faults)
{
    // Who may touch what: Follow, Leave and Delete are called by the cluster's listener, one at a time. Everybody else reads _leadership and _isDeleted,
    // which are swapped whole. An append reads the leadership once; when it has moved on before the log is reached, the log refuses the older epoch, and a
    // deletion shows in _isDeleted before the log is closed, so that whoever meets the closed log finds out why.

    private readonly Lock _watermarkGate = new();
    private volatile Leadership _leadership = Leadership.None;
    private volatile bool _isDeleted;

    public PartitionLog Log => log;

    public LogDirectory Directory => directory;

    public TopicPartition Name => log.TopicPartition;

    public Uuid TopicId => log.TopicId;

    /// <summary>Where the log ended when this node started after a stop that was not clean; null after a clean one, and for a log made since.</summary>
    public long? RecoveredEnd { get; init; }

    public FetchWaiters Waiters { get; } = new(faults);

    public Leadership Leadership => _leadership;

    /// <summary>Counts everything a waiting reader could want to know of: who looks, then registers, then finds it unchanged has missed nothing.</summary>
    public long NewsCount => Interlocked.Read(ref _newsCount);

    private long _newsCount;

    /// <summary>Takes over what the cluster's metadata says. Becoming leader begins the leader epoch in the log.</summary>
    public void Follow(PartitionImage image, bool isLeader, int isrMin)
    {
        var before = _leadership;
        if (isLeader && (!before.IsLeader || before.Epoch != image.LeaderEpoch))
        {
            log.AssignLeaderEpoch(image.LeaderEpoch);
        }

        _leadership = new Leadership(isLeader, image.Leader, image.LeaderEpoch, image.Isr.Length, image.Replicas.Length, Math.Min(isrMin, image.Replicas.Length));
        if (isLeader)
        {
            MoveWatermark();
        }

        TellNews(0);
    }

    /// <summary>The node stops: whoever waits is told.</summary>
    public void Leave()
    {
        _leadership = Leadership.None;
        TellNews(0);
    }

    /// <summary>The topic is deleted; called before the log is closed. Whoever waits is told.</summary>
    public void Delete()
    {
        _isDeleted = true;
        Leave();
    }

    /// <summary>Why the log did not do what was asked: a closed log of a deleted topic is no fault of the disk.</summary>
    public ErrorCode ReasonOf(ErrorCode error) => error == ErrorCode.KafkaStorageError && _isDeleted ? ErrorCode.UnknownTopicOrPartition : error;

    /// <summary>Whether this node may speak for the partition to someone who knows <paramref name="currentLeaderEpoch"/> (-1: does not say).</summary>
    public ErrorCode CheckLeader(int currentLeaderEpoch, bool leaderOnly = true)
    {
        if (_isDeleted)
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        var now = _leadership;
        if (log.IsFailed || directory.IsOffline)
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
        var error = CheckLeader(-1);
        if (error == ErrorCode.None && acksAll && now.IsrCount < now.IsrMin)
        {
            error = ErrorCode.NotEnoughReplicas;
        }

        if (error != ErrorCode.None)
        {
            return LogAppendResult.Refused(error);
        }

        var result = checkedBefore is { } verdict ? log.AppendAsLeader(batch, verdict, now.Epoch, origin, nowMs)
            : log.AppendAsLeader(batch, now.Epoch, origin, nowMs, oldFormats);
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
    public PackedCheck? BeginCheck(ReadOnlySpan<byte> batch, LogAppendOrigin origin, long nowMs, bool oldFormats, long sliceBytes, out RecordValidation verdict)
        => log.BeginCheck(batch, origin, nowMs, oldFormats, sliceBytes, out verdict);

    /// <summary>Whether the next append has to go through <see cref="AppendQueuedAsync"/>, because the disk makes writers wait.</summary>
    public bool MustQueue => directory.IsSlow;

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
            directory.QueueInPlace(RunInPlace);
        }

        return done.Task;

        bool TryQueueCopy()
        {
            var copy = ArrayPool<byte>.Shared.Rent(batch.Length);
            batch.CopyTo(copy);
            if (directory.TryQueue(batch.Length, RunCopy))
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

    /// <summary>Completes once everything below <paramref name="offset"/> may be acknowledged with acks=all; false when it can no longer be. Await once.</summary>
    /// <param name="offset">The offset after the last record.</param>
    /// <param name="isBrief">What follows is short and never waits: it may run on a thread of the disk.</param>
    public ValueTask<bool> WaitAcknowledgedAsync(long offset, bool isBrief = false)
    {
        var syncs = durability switch
        {
            Durability.Fsync => true,
            Durability.Replicated => _leadership.IsrCount <= 1,
            _ => false,
        };
        return syncs && Guards.Stands(Guard.AcknowledgeAfterSync) ? directory.WaitDurable(log, offset, isBrief) : new ValueTask<bool>(true);
    }

    /// <summary>Tells whoever waits of an append; the caller holds no lock. Behind a new segment a fetch that waits in the one before gets no more, so it is to look at once.</summary>
    public void TellAppended(int bytes, bool isNewSegment) => TellNews(isNewSegment ? 0 : bytes);

    /// <summary>Tells whoever waits; the caller holds no lock.</summary>
    public void TellNews(int bytes)
    {
        Interlocked.Increment(ref _newsCount);
        if (Guards.Stands(Guard.AppendsAreTold))
        {
            Waiters.Tell(bytes);
        }
    }

    private void MoveWatermark()
    {
        if (_leadership.IsrCount > 1)
        {
            return;
        }

        lock (_watermarkGate)
        {
            var end = log.LogEndOffset;
            if (end > log.HighWatermark)
            {
                log.HighWatermark = end;
            }
        }
    }
}

/// <summary>Who leads a partition, as of one metadata image.</summary>
/// <param name="IsLeader">This node leads.</param>
/// <param name="LeaderId">-1: nobody.</param>
/// <param name="IsrMin">min.insync.replicas, at most the number of replicas.</param>
internal sealed record Leadership(bool IsLeader, int LeaderId, int Epoch, int IsrCount, int ReplicaCount, int IsrMin)
{
    public static Leadership None { get; } = new(false, -1, -1, 0, 0, 0);
}
