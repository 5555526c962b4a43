using Ouzel.Protocol;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Partitions;

/// <summary>The waits for appends to one partition to be acknowledged with acks=all, in the order of their offsets.</summary>
/// <remarks>
/// A wait is over when the high watermark is behind its records, so that every replica in sync has them, and when the disk has them where it is asked. It ends with
/// NOT_LEADER_OR_FOLLOWER when this node leads no more: others decide then what becomes of them. Whoever waits has the deadline, and cancels.
/// <para>The race with the high watermark: a wait is counted as behind it, then the watermark is read; who moves it moves it first, then looks at the count. One of
/// the two sees the other. The race with the loss of leadership: that is swapped first, then the list is emptied; a wait looks at the leadership under the lock.</para>
/// </remarks>
internal sealed class Acknowledgements(Partition partition, FaultGuard faults)
{
    private readonly Lock _gate = new();
    private AcknowledgeWait? _first;
    private AcknowledgeWait? _last;
    private int _behindCount;

    /// <summary>Begins a wait; true when it is over already, and nobody will be called.</summary>
    /// <param name="wait">Who is called.</param>
    /// <param name="offset">The offset after the last record.</param>
    /// <param name="epoch">The leader epoch in which it was appended.</param>
    /// <param name="sync">The disk's part of it.</param>
    /// <param name="error">Why it will not be acknowledged, when it is over.</param>
    /// <param name="fault">What the sync threw.</param>
    public bool IsOver(AcknowledgeWait wait, long offset, int epoch, ValueTask<bool> sync, out ErrorCode error, out Exception? fault)
    {
        fault = null;
        var awaiter = sync.GetAwaiter();
        var isSyncing = !awaiter.IsCompleted;
        wait.Prepare(this, offset, awaiter, isSyncing);
        if (!isSyncing && !wait.TakeSync(out fault))
        {
            error = partition.ReasonOf(ErrorCode.KafkaStorageError);
            return true;
        }

        lock (_gate)
        {
            error = partition.WhyNotAcknowledged(epoch);
            if (error == ErrorCode.None && (IsBehindWatermark(wait) || isSyncing))
            {
                Insert(wait);
            }
            else if (!isSyncing)
            {
                error = error == ErrorCode.None ? partition.ErrorOfCommitted : error;
                return true;
            }
        }

        if (error != ErrorCode.None)
        {
            End(wait, error);
        }

        if (isSyncing)
        {
            wait.AwaitSync();
        }

        return false;
    }

    /// <summary>Ends a wait whose time is over, without calling it. False when it has been ended, and is called.</summary>
    /// <param name="wait">The wait.</param>
    /// <param name="isLetGo">As for <see cref="AcknowledgeWait.OnEnded"/>.</param>
    public bool Cancel(AcknowledgeWait wait, out bool isLetGo)
    {
        lock (_gate)
        {
            isLetGo = false;
            if (!wait.IsListed)
            {
                return false;
            }

            Remove(wait);
            isLetGo = wait.LetGo();
            return true;
        }
    }

    /// <summary>The high watermark may have moved: called after every append, mostly for nobody.</summary>
    public void OnWatermark()
    {
        if (Volatile.Read(ref _behindCount) == 0)
        {
            return;
        }

        AcknowledgeWait? ended = null, newest = null;
        lock (_gate)
        {
            var watermark = partition.Log.HighWatermark;
            for (AcknowledgeWait? wait = _first, next; wait is not null && wait.Offset <= watermark; wait = next)
            {
                next = wait.After;
                NoLongerBehind(wait);
                if (!wait.IsSyncing)
                {
                    Take(wait, ref ended, ref newest);
                }
            }
        }

        EndChain(ended, partition.ErrorOfCommitted);
    }

    /// <summary>The disk is done with a wait, in one way or the other.</summary>
    public void OnSynced(AcknowledgeWait wait)
    {
        var isSynced = wait.TakeSync(out var fault);
        bool isEnd;
        lock (_gate)
        {
            wait.IsSyncing = false;
            isEnd = wait.IsListed && !(isSynced && wait.IsBehindWatermark);
            if (isEnd)
            {
                Remove(wait);
            }
        }

        if (!isEnd)
        {
            LetGo(wait);
            return;
        }

        wait.OnEnded(isSynced ? partition.ErrorOfCommitted : partition.ReasonOf(ErrorCode.KafkaStorageError), fault, isLetGo: true);
    }

    /// <summary>This node leads no more.</summary>
    /// <param name="error">What everybody is told.</param>
    /// <param name="onlyBehindWatermark">Leaves those whom only the disk keeps waiting.</param>
    public void EndAll(ErrorCode error, bool onlyBehindWatermark = false)
    {
        AcknowledgeWait? ended = null, newest = null;
        lock (_gate)
        {
            for (AcknowledgeWait? wait = _first, next; wait is not null; wait = next)
            {
                next = wait.After;
                if (wait.IsBehindWatermark || !onlyBehindWatermark)
                {
                    Take(wait, ref ended, ref newest);
                }
            }
        }

        EndChain(ended, error);
    }

    /// <summary>Under the lock, before it is in the list.</summary>
    private bool IsBehindWatermark(AcknowledgeWait wait)
    {
        wait.IsBehindWatermark = true;
        Interlocked.Increment(ref _behindCount);
        if (partition.Log.HighWatermark < wait.Offset)
        {
            return true;
        }

        NoLongerBehind(wait);
        return false;
    }

    private void NoLongerBehind(AcknowledgeWait wait)
    {
        if (wait.IsBehindWatermark)
        {
            wait.IsBehindWatermark = false;
            Interlocked.Decrement(ref _behindCount);
        }
    }

    /// <summary>Appends come here nearly in their order.</summary>
    private void Insert(AcknowledgeWait wait)
    {
        var before = _last;
        while (before is not null && before.Offset > wait.Offset)
        {
            before = before.Before;
        }

        var after = before is null ? _first : before.After;
        (wait.Before, wait.After, wait.IsListed) = (before, after, true);
        Link(before, wait);
        Link(wait, after);
    }

    private void Remove(AcknowledgeWait wait)
    {
        NoLongerBehind(wait);
        Link(wait.Before, wait.After);
        (wait.Before, wait.After, wait.IsListed) = (null, null, false);
    }

    /// <param name="before">Null: the list begins with the other.</param>
    /// <param name="after">Null: the list ends with the other.</param>
    private void Link(AcknowledgeWait? before, AcknowledgeWait? after)
    {
        if (before is null)
        {
            _first = after;
        }
        else
        {
            before.After = after;
        }

        if (after is null)
        {
            _last = before;
        }
        else
        {
            after.Before = before;
        }
    }

    /// <summary>Out of the list, into the chain of those who are called.</summary>
    private void Take(AcknowledgeWait wait, ref AcknowledgeWait? first, ref AcknowledgeWait? newest)
    {
        Remove(wait);
        if (newest is null)
        {
            first = wait;
        }
        else
        {
            newest.After = wait;
        }

        newest = wait;
    }

    private void EndChain(AcknowledgeWait? first, ErrorCode error)
    {
        while (first is { } wait)
        {
            first = wait.After; // before it is called: it may be in another list then
            wait.After = null;
            End(wait, error);
        }
    }

    private void End(AcknowledgeWait wait, ErrorCode error)
    {
        try
        {
            wait.OnEnded(error, null, isLetGo: false);
        }
        catch (Exception fault)
        {
            // What comes of it in one request is not the others' affair, nor that of whoever moved the partition.
            faults.Tell("ending the wait of a producer", fault);
        }

        LetGo(wait);
    }

    private static void LetGo(AcknowledgeWait wait)
    {
        if (wait.LetGo())
        {
            wait.OnLetGo();
        }
    }
}
