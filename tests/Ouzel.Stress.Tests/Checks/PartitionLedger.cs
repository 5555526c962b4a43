using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Stress.Tests.Checks;

/// <summary>
/// All that anybody was told of one partition of one topic (by id, so that another topic of the name is another ledger), and what must be true of it from then
/// on.
/// </summary>
/// <remarks>Safe from any thread: one lock, held for the bookkeeping of one response.</remarks>
internal sealed class PartitionLedger(Run run, Uuid topicId, string name)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, string> _told = [];
    private readonly Dictionary<string, int> _acknowledgedByKey = [];
    private long _start;
    private long _acknowledgedEnd;

    public Uuid TopicId => topicId;

    public string Name => name;

    public required string Topic { get; init; }

    public required int Partition { get; init; }

    /// <summary>The topic is compacted: offsets may be missing, the newest of each key may not.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>Retention moves the beginning; it never goes back.</summary>
    public bool IsTrimmed { get; init; }

    /// <summary>Everything acknowledged lies below.</summary>
    public long AcknowledgedEnd
    {
        get
        {
            lock (_gate)
            {
                return _acknowledgedEnd;
            }
        }
    }

    /// <summary>A producer was told that its records are there.</summary>
    public void Acknowledge(long baseOffset, IReadOnlyList<string> values)
    {
        lock (_gate)
        {
            for (var i = 0; i < values.Count; i++)
            {
                See(baseOffset + i, values[i]);
                var (key, number) = Split(values[i]);
                _acknowledgedByKey[key] = Math.Max(_acknowledgedByKey.GetValueOrDefault(key, -1), number);
            }

            _acknowledgedEnd = Math.Max(_acknowledgedEnd, baseOffset + values.Count);
        }
    }

    /// <summary>The beginning as a response told it.</summary>
    public void StartsAt(long offset)
    {
        lock (_gate)
        {
            _start = Math.Max(_start, offset);
        }
    }

    /// <summary>The least that a beginning asked for from now on may be.</summary>
    public long StartFloor()
    {
        lock (_gate)
        {
            return _start;
        }
    }

    /// <summary>Looks at the records of one fetch; the offset to go on from, or null where nothing can be read now.</summary>
    public long? Look(long from, FetchResponse.PartitionData data, long startFloor, Action<string, long>? take = null)
    {
        if (data.ErrorCode != ErrorCode.None)
        {
            return null;
        }

        run.Require(data.LogStartOffset >= startFloor, $"{name} begins at {data.LogStartOffset} and began at {startFloor} before");
        if (!run.MayForget)
        {
            StartsAt(data.LogStartOffset);
        }

        var next = from;
        var rest = data.Records is MemoryRecords memory ? memory.Span : default;
        while (RecordBatch.TryRead(rest, out var batch, out var size))
        {
            run.Require(batch.IsCrcValid(), $"{name} is damaged at {batch.BaseOffset}");
            foreach (var record in batch.Records())
            {
                if (record.Offset < from)
                {
                    continue;
                }

                run.Require(record.Offset == next || (record.Offset > next && (IsCompacted || IsTrimmed)), $"{name}: offset {record.Offset} came where {next} was due");
                var value = System.Text.Encoding.UTF8.GetString(record.Value);
                lock (_gate)
                {
                    See(record.Offset, value);
                }

                take?.Invoke(value, record.Offset);
                next = record.Offset + 1;
            }

            next = Math.Max(next, batch.LastOffset + 1);
            rest = rest[size..];
        }

        run.Require(next <= Math.Max(data.HighWatermark, from), $"{name}: offset {next - 1} was served above the high watermark {data.HighWatermark}");
        return next;
    }

    /// <summary>The same for the messages that a client from before record batches gets.</summary>
    public long LookOld(long from, FetchResponse.PartitionData data)
    {
        var next = from;
        var rest = data.Records is MemoryRecords memory ? memory.Span : default;
        while (RecordBatch.TryRead(rest, out var entry, out var size))
        {
            run.Require(entry.Magic == 1 && entry.IsCrcValid(), $"{name}: what was converted is damaged at {entry.BaseOffset} (magic {entry.Magic})");
            using var reader = new OldMessageReader(entry.Bytes);
            while (reader.MoveNext())
            {
                var message = reader.Current;
                if (message.Offset < from)
                {
                    continue;
                }

                run.Require(message.Offset == next || (message.Offset > next && (IsCompacted || IsTrimmed)), $"{name}: offset {message.Offset} came converted where {next} was due");
                lock (_gate)
                {
                    See(message.Offset, System.Text.Encoding.UTF8.GetString(message.Value));
                }

                next = message.Offset + 1;
            }

            rest = rest[size..];
        }

        run.Require(next <= Math.Max(data.HighWatermark, from), $"{name}: offset {next - 1} was served converted above the high watermark {data.HighWatermark}");
        return next;
    }

    /// <summary>The whole partition, read once nobody writes any more.</summary>
    public void CheckWhole(IReadOnlyList<(long Offset, string Value)> log, long start, long end)
    {
        lock (_gate)
        {
            run.Require(end >= _acknowledgedEnd, $"{name} ends at {end}, but records below {_acknowledgedEnd} were acknowledged");
            HashSet<long> found = [.. log.Select(r => r.Offset)];
            Dictionary<string, int> newest = [];
            foreach ((_, var value) in log)
            {
                var (key, number) = Split(value);
                run.Require(IsCompacted || !key.StartsWith("once", StringComparison.Ordinal) || number == newest.GetValueOrDefault(key, -1) + 1,
                    $"{name}: {value} follows {key}:{newest.GetValueOrDefault(key, -1)} of an idempotent producer");
                newest[key] = number;
            }

            foreach (var (offset, value) in _told.Where(t => t.Key >= start && t.Key < _acknowledgedEnd))
            {
                run.Require(IsCompacted || found.Contains(offset), $"{name}: {value} was told at {offset} and is gone");
            }

            foreach (var (key, number) in _acknowledgedByKey.Where(_ => IsCompacted))
            {
                run.Require(newest.GetValueOrDefault(key, -1) >= number, $"{name}: {key}:{number} was acknowledged, the newest of its key is {newest.GetValueOrDefault(key, -1)}");
            }
        }
    }

    private void See(long offset, string value)
    {
        if (!_told.TryAdd(offset, value))
        {
            run.Require(_told[offset] == value, $"{name} offset {offset} was {_told[offset]} and is {value}");
        }
    }

    /// <summary>A value is its producer or key, a colon, and a number that counts from 0.</summary>
    private static (string Key, int Number) Split(string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        return (value[..colon], int.Parse(value.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture));
    }
}
