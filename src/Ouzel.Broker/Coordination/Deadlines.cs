namespace Ouzel.Broker.Coordination;

/// <summary>Named deadlines, moved often and reached seldom: moving one back costs a dictionary write.</summary>
internal sealed class Deadlines<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, long> _due = [];

    // Holds each key at least once at or before its true deadline; corrected when it comes to the front.
    private readonly PriorityQueue<TKey, (long DueMs, long Order)> _queue = new();
    private readonly Dictionary<TKey, long> _queued = [];
    private long _order;

    public int Count => _due.Count;

    /// <summary>The next deadline, or null.</summary>
    public long? NextMs
    {
        get
        {
            Settle();
            return _queue.TryPeek(out _, out var next) ? next.DueMs : null;
        }
    }

    /// <summary>Sets or moves a deadline.</summary>
    public void Set(TKey key, long dueMs)
    {
        _due[key] = dueMs;
        if (!_queued.TryGetValue(key, out var queuedMs) || dueMs < queuedMs)
        {
            Push(key, dueMs);
        }
    }

    public void Cancel(TKey key) => _due.Remove(key);

    public bool Contains(TKey key) => _due.ContainsKey(key);

    /// <summary>Takes the earliest deadline that has passed.</summary>
    public bool TryTake(long nowMs, out TKey key)
    {
        Settle();
        if (_queue.TryPeek(out var first, out var next) && next.DueMs <= nowMs)
        {
            _queue.Dequeue();
            _queued.Remove(first);
            _due.Remove(first);
            key = first;
            return true;
        }

        key = default!;
        return false;
    }

    /// <summary>Brings the front of the queue to a deadline that still holds.</summary>
    private void Settle()
    {
        while (_queue.TryPeek(out var key, out var next))
        {
            var wanted = _due.TryGetValue(key, out var dueMs);
            if (wanted && dueMs == next.DueMs)
            {
                return;
            }

            _queue.Dequeue();
            if (_queued.TryGetValue(key, out var queuedMs) && queuedMs == next.DueMs)
            {
                _queued.Remove(key);
                if (wanted)
                {
                    Push(key, dueMs);
                }
            }
        }
    }

    private void Push(TKey key, long dueMs)
    {
        _queued[key] = dueMs;
        _queue.Enqueue(key, (dueMs, _order++));
    }
}
