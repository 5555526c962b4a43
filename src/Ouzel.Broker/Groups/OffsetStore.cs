using Ouzel.Protocol;

namespace Ouzel.Broker.Groups;

/// <summary>All committed offsets of one partition of __consumer_offsets, and those in transactions that have not ended.</summary>
internal sealed class OffsetStore(GroupMeter meter)
{
    private static readonly IReadOnlyDictionary<TopicPartition, CommittedOffset> Nothing = new Dictionary<TopicPartition, CommittedOffset>();

    private readonly Dictionary<string, Dictionary<TopicPartition, CommittedOffset>> _committed = [];

    // By producer, then group: what a transaction would commit.
    private readonly Dictionary<long, Dictionary<string, Dictionary<TopicPartition, CommittedOffset>>> _pending = [];

    // By group: how many transactions hold an offset for the partition.
    private readonly Dictionary<string, Dictionary<TopicPartition, int>> _pendingCounts = [];

    /// <summary>Groups that have a committed offset.</summary>
    public IEnumerable<string> Groups => _committed.Keys;

    /// <summary>All committed offsets. May be read from any thread.</summary>
    public int Count { get; private set; }

    public IReadOnlyDictionary<TopicPartition, CommittedOffset> Of(string group) => _committed.TryGetValue(group, out var offsets) ? offsets : Nothing;

    /// <summary>True when an open transaction would change this offset.</summary>
    public bool IsPending(string group, TopicPartition partition) => _pendingCounts.TryGetValue(group, out var counts) && counts.ContainsKey(partition);

    public bool HasPending(string group) => _pendingCounts.ContainsKey(group);

    /// <summary>Folds one offset record.</summary>
    /// <param name="producerId">-1 for a plain one, which takes effect at once.</param>
    /// <param name="group">The group.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">Null for a tombstone.</param>
    public void Apply(long producerId, string group, TopicPartition partition, CommittedOffset? offset)
    {
        if (producerId >= 0)
        {
            ApplyPending(producerId, group, partition, offset);
        }
        else if (offset is { } committed)
        {
            Put(group, partition, committed);
        }
        else if (_committed.TryGetValue(group, out var offsets) && offsets.Remove(partition, out var gone))
        {
            meter.Add(-BytesOf(partition, gone));
            Count--;
            if (offsets.Count == 0)
            {
                _committed.Remove(group);
            }
        }
    }

    /// <summary>Ends a producer's transaction: what it held counts or is forgotten. A commit made outside of it and later in the log stands.</summary>
    public void End(long producerId, bool commit)
    {
        if (!_pending.Remove(producerId, out var groups))
        {
            return;
        }

        foreach (var (group, offsets) in groups)
        {
            foreach (var (partition, offset) in offsets)
            {
                Uncount(group, partition);
                meter.Add(-BytesOf(partition, offset));
                if (commit && (!Of(group).TryGetValue(partition, out var present) || present.RecordOffset < offset.RecordOffset))
                {
                    Put(group, partition, offset);
                }
            }
        }
    }

    private void ApplyPending(long producerId, string group, TopicPartition partition, CommittedOffset? offset)
    {
        var offsets = ItemOf(ItemOf(_pending, producerId), group);
        if (offset is not { } pending)
        {
            if (offsets.Remove(partition, out var gone))
            {
                meter.Add(-BytesOf(partition, gone));
                Uncount(group, partition);
            }

            return;
        }

        if (offsets.TryGetValue(partition, out var before))
        {
            meter.Add(-BytesOf(partition, before));
        }
        else
        {
            var counts = ItemOf(_pendingCounts, group);
            counts[partition] = counts.GetValueOrDefault(partition) + 1;
        }

        offsets[partition] = pending;
        meter.Add(BytesOf(partition, pending));
    }

    private void Put(string group, TopicPartition partition, CommittedOffset offset)
    {
        var offsets = ItemOf(_committed, group);
        if (offsets.TryGetValue(partition, out var before))
        {
            meter.Add(-BytesOf(partition, before));
        }
        else
        {
            Count++;
        }

        offsets[partition] = offset;
        meter.Add(BytesOf(partition, offset));
    }

    private void Uncount(string group, TopicPartition partition)
    {
        var counts = _pendingCounts[group];
        if (--counts[partition] > 0)
        {
            return;
        }

        counts.Remove(partition);
        if (counts.Count == 0)
        {
            _pendingCounts.Remove(group);
        }
    }

    /// <summary>The memory that an offset takes, by estimate.</summary>
    public static long BytesOf(TopicPartition partition, CommittedOffset offset) =>
        GroupMemory.OffsetBytes + GroupMemory.BytesOf(partition.Topic) + GroupMemory.BytesOf(offset.Metadata);

    private static TValue ItemOf<TKey, TValue>(Dictionary<TKey, TValue> items, TKey key)
        where TKey : notnull
        where TValue : new()
    {
        if (!items.TryGetValue(key, out var item))
        {
            items[key] = item = new TValue();
        }

        return item;
    }
}
