using System.Collections;
using Ouzel.Client.Consuming;
using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>Records of one partition that were delivered together. Its records are valid until the enumeration that gave it moves on.</summary>
/// <typeparam name="TKey">Type of the keys.</typeparam>
/// <typeparam name="TValue">Type of the values.</typeparam>
public sealed class ConsumerBatch<TKey, TValue>
{
    private readonly RecordSource<TKey, TValue> _source;
    private readonly DeliveredWindow _window;

    internal ConsumerBatch(RecordSource<TKey, TValue> source, in DeliveredWindow window)
    {
        _source = source;
        _window = window;
        Records = new ConsumerRecords<TKey, TValue>(source, window.Start, window.End);
    }

    /// <summary>The partition of the records.</summary>
    public TopicPartition Partition => _window.State.Partition;

    /// <summary>The records, at least one, in the order of their offsets.</summary>
    public ConsumerRecords<TKey, TValue> Records { get; }

    /// <summary>Number of records.</summary>
    public int Count => Records.Count;

    /// <summary>The offset at which reading goes on: what <see cref="CommitAsync"/> commits.</summary>
    public long NextOffset => _window.NextOffset;

    /// <summary>Commits the position behind the batch.</summary>
    /// <exception cref="KafkaException">It was not stored: <see cref="ErrorCode.IllegalGeneration"/> when the partition was taken away meanwhile.</exception>
    public Task CommitAsync(CancellationToken cancellation = default) => _source.CommitAsync(_window.State, _window.NextOffset, _window.LeaderEpoch, cancellation);
}

/// <summary>The records of a <see cref="ConsumerBatch{TKey, TValue}"/>. Going over them allocates nothing.</summary>
/// <typeparam name="TKey">Type of the keys.</typeparam>
/// <typeparam name="TValue">Type of the values.</typeparam>
public readonly struct ConsumerRecords<TKey, TValue> : IReadOnlyList<ConsumerRecord<TKey, TValue>>
{
    private readonly RecordSource<TKey, TValue> _source;
    private readonly int _start;
    private readonly int _life;

    internal ConsumerRecords(RecordSource<TKey, TValue> source, int start, int end)
    {
        _source = source;
        _start = start;
        Count = end - start;
        _life = source.Life;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public ConsumerRecord<TKey, TValue> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return new ConsumerRecord<TKey, TValue>(_source, _start + index, _life);
        }
    }

    /// <summary>For foreach.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<ConsumerRecord<TKey, TValue>> IEnumerable<ConsumerRecord<TKey, TValue>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Goes over the records.</summary>
    public struct Enumerator : IEnumerator<ConsumerRecord<TKey, TValue>>
    {
        private readonly ConsumerRecords<TKey, TValue> _records;
        private int _at;

        internal Enumerator(ConsumerRecords<TKey, TValue> records)
        {
            _records = records;
            _at = -1;
        }

        /// <inheritdoc/>
        public readonly ConsumerRecord<TKey, TValue> Current => _records[_at];

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext() => ++_at < _records.Count;

        /// <inheritdoc/>
        public void Reset() => _at = -1;

        /// <inheritdoc/>
        public readonly void Dispose()
        {
            // Nothing is held.
        }
    }
}
