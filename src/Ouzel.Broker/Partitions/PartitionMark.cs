using System.Buffers;
using Ouzel.Broker.Jobs;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Partitions;

/// <summary>Something that waits for news on several partitions, for a limited time.</summary>
internal abstract class PartitionWaiter : WheelEntry
{
    /// <summary>Bytes were appended, or (with 0) something else changed: the leader, the partition's existence. Called outside all locks.</summary>
    public abstract void OnNews(int bytes);
}

/// <summary>A place in a partition's log that moves, its end or its high watermark, and who waits for it to.</summary>
internal sealed class PartitionMark(FaultGuard faults)
{
    private readonly Lock _gate = new();
    private HashSet<PartitionWaiter>? _waiters; // made for the first: most partitions of a large node are never waited at
    private volatile int _count;
    private long _newsCount;

    /// <summary>The number that wait.</summary>
    public int Count => _count;

    /// <summary>Counts everything a waiting reader could want to know of: who looks, then registers, then finds it unchanged has missed nothing.</summary>
    public long NewsCount => Interlocked.Read(ref _newsCount);

    public void Add(PartitionWaiter waiter)
    {
        lock (_gate)
        {
            _waiters ??= [];
            _waiters.Add(waiter);
            _count = _waiters.Count;
        }
    }

    public void Remove(PartitionWaiter waiter)
    {
        lock (_gate)
        {
            if (_waiters is not null)
            {
                _waiters.Remove(waiter);
                _count = _waiters.Count;
            }
        }
    }

    /// <summary>Tells everybody. The caller holds no lock.</summary>
    public void Tell(int bytes)
    {
        Interlocked.Increment(ref _newsCount);
        if (_count == 0)
        {
            return;
        }

        PartitionWaiter[] copy;
        int count;
        lock (_gate)
        {
            count = _waiters!.Count;
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
