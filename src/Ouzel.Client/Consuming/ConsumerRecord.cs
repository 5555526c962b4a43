using System.Text;
using Ouzel.Client.Consuming;
using Ouzel.Client.Consuming.Fetching;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client;

/// <summary>
/// A record as it lies in the received bytes: nothing is copied or decoded before it is asked for. Valid until the enumeration that gave it moves on;
/// <see cref="ToOwned"/> makes one that stays.
/// </summary>
/// <typeparam name="TKey">Type of the key.</typeparam>
/// <typeparam name="TValue">Type of the value.</typeparam>
public readonly struct ConsumerRecord<TKey, TValue>
{
    private readonly RecordSource<TKey, TValue> _source;
    private readonly int _index;
    private readonly int _life;

    internal ConsumerRecord(RecordSource<TKey, TValue> source, int index, int life)
    {
        _source = source;
        _index = index;
        _life = life;
    }

    /// <summary>Topic.</summary>
    public string Topic => Partition.Topic;

    /// <summary>Topic and number.</summary>
    public TopicPartition Partition => _source.Partition(_life);

    /// <summary>Offset within the partition.</summary>
    public long Offset => Slot.Offset;

    /// <summary>Partition and offset of this record.</summary>
    public TopicPartitionOffset Position => new(Partition, Offset, LeaderEpoch);

    /// <summary>Milliseconds since 1970; -1 for records of Kafka before 0.10.</summary>
    public long TimestampMs => Slot.TimestampMs;

    /// <summary>The clock behind <see cref="TimestampMs"/>.</summary>
    public TimestampType TimestampType => Slot.TimestampType;

    /// <summary>The epoch of the leader that wrote it; -1 when unknown.</summary>
    public int LeaderEpoch => Slot.LeaderEpoch;

    /// <summary>True when there is a key.</summary>
    public bool HasKey => Slot.KeyLength >= 0;

    /// <summary>True when there is a value; a record without one is a tombstone.</summary>
    public bool HasValue => Slot.ValueLength >= 0;

    /// <summary>The key's bytes, in the received memory; empty when there is none.</summary>
    public ReadOnlyMemory<byte> KeyBytes => Slot is { KeyLength: > 0 } slot ? _source.Bytes(slot.Source, slot.KeyAt, slot.KeyLength) : default;

    /// <summary>The value's bytes, in the received memory; empty when there is none.</summary>
    public ReadOnlyMemory<byte> ValueBytes => Slot is { ValueLength: > 0 } slot ? _source.Bytes(slot.Source, slot.ValueAt, slot.ValueLength) : default;

    /// <summary>The key, decoded at each call; the type's default when there is none.</summary>
    /// <exception cref="FormatException">The bytes are no such key. The record can be passed over by going on.</exception>
    public TKey? Key => HasKey ? Decode(_source.Keys, KeyBytes, "key") : default;

    /// <summary>The value, decoded at each call; the type's default when there is none.</summary>
    /// <exception cref="FormatException">The bytes are no such value. The record can be passed over by going on.</exception>
    public TValue? Value => HasValue ? Decode(_source.Values, ValueBytes, "value") : default;

    /// <summary>Number of headers.</summary>
    public int HeaderCount => Slot.HeaderCount;

    private ref readonly RecordSlot Slot => ref _source.Slot(_index, _life);

    /// <summary>The last header of that name, in the received memory.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its bytes; null for a header without a value.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetHeader(string name, out ReadOnlyMemory<byte>? value)
    {
        value = null;
        var found = false;
        foreach (var header in Headers())
        {
            if (header.Name == name)
            {
                (value, found) = (header.Value, true);
            }
        }

        return found;
    }

    /// <summary>The headers in order, their values in the received memory. Makes a list.</summary>
    public IReadOnlyList<Header> Headers()
    {
        ref readonly var slot = ref Slot;
        if (slot.HeaderCount == 0)
        {
            return [];
        }

        var memory = _source.Bytes(slot.Source, slot.HeadersAt, slot.HeadersLength);
        var headers = new List<Header>(slot.HeaderCount);
        foreach (var header in new RecordHeaders(memory.Span, slot.HeaderCount))
        {
            var at = memory.Span.Overlaps(header.Value, out var place) ? place : 0;
            headers.Add(new Header(Encoding.UTF8.GetString(header.Name), header.HasValue ? memory.Slice(at, header.Value.Length) : default(ReadOnlyMemory<byte>?)));
        }

        return headers;
    }

    /// <summary>Decodes and copies everything. A time that <see cref="DateTimeOffset"/> cannot hold becomes the nearest that it can.</summary>
    /// <exception cref="FormatException">Key or value cannot be decoded.</exception>
    public Record<TKey, TValue> ToOwned()
    {
        Header[] headers = [.. Headers().Select(h => h.Value is { } value ? h with { Value = value.ToArray() } : h)];
        return new Record<TKey, TValue>(Position, RecordTime.Of(TimestampMs), TimestampType, Key, Value, headers);
    }

    /// <summary>Commits the position behind this record.</summary>
    /// <exception cref="KafkaException">It was not stored: <see cref="ErrorCode.IllegalGeneration"/> when the partition was taken away meanwhile.</exception>
    public Task CommitAsync(CancellationToken cancellation = default) => _source.CommitAsync(_life, Offset + 1, LeaderEpoch, cancellation);

    private T Decode<T>(IDeserializer<T> deserializer, ReadOnlyMemory<byte> bytes, string what)
    {
        try
        {
            return deserializer.Deserialize(bytes.Span);
        }
        catch (FormatException fault)
        {
            throw new FormatException($"The {what} of the record at {Position} cannot be read: {fault.Message}", fault);
        }
    }
}
