using System.Buffers;
using Ouzel.Broker.Jobs;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Fetching;

/// <summary>Something that waits for news on several partitions, for a limited time.</summary>
internal abstract class PartitionWaiter : WheelEntry
{
    /// <summary>Bytes were appended, or (with 0) something else changed: the watermark, the leader, the partition's existence. Called outside all locks.</summary>
    public abstract void OnNews(int bytes);
}

/// <summary>Who waits for news on one partition.</summary>
internal sealed class FetchWaiters(FaultGuard faults)
{
    private readonly Lock _gate = new();
    private readonly HashSet<PartitionWaiter> _waiters = [];
    private volatile int _count;

    public int Count => _count;

    public void Add(PartitionWaiter waiter)
    {
        lock (_gate)
        {
            _waiters.Add(waiter);
            _count = _waiters.Count;
        }
    }

    public void Remove(PartitionWaiter waiter)
    {
        lock (_gate)
        {
            _waiters.Remove(waiter);
            _count = _waiters.Count;
        }
    }

    /// <summary>Tells everybody. The caller holds no lock.</summary>
    public void Tell(int bytes)
    {
        if (_count == 0)
        {
            return;
        }

        PartitionWaiter[] copy;
        int count;
        lock (_gate)
        {
            count = _waiters.Count;
            copy = ArrayPool<PartitionWaiter>.Shared.Rent(count);
            _waiters.CopyTo(copy);
        }

        for (var i = 0; i < count; i++)
        {
            try
            {
                copy[i].OnNews(bytes);
            }
            catch (Exception fault)
            {
                // Neither the others that wait nor whoever brings the news are to suffer by one.
                faults.Tell("telling a waiting request of news", fault);
            }
        }

        ArrayPool<PartitionWaiter>.Shared.Return(copy, clearArray: true);
    }
}
