using System.Buffers;

namespace Ouzel.Broker.Partitions;

/// <summary>Something that waits for news on several partitions, for a limited time.</summary>
internal abstract class PartitionWaiter : WheelEntry
{
    /// <summary>Bytes were appended, or (with 0) something else changed: the watermark, the leader, the partition's existence. Called outside all locks.</summary>
    public abstract void OnNews(int bytes);
}

/// <summary>Who waits for news on one partition.</summary>
internal sealed class FetchWaiters
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

        for (int i = 0; i < count; i++)
        {
            copy[i].OnNews(bytes);
        }

        ArrayPool<PartitionWaiter>.Shared.Return(copy, clearArray: true);
    }
}
