using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Testing;

/// <summary>A record as it lies in a log.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Timestamp">As a consumer gets it.</param>
/// <param name="Key">Null when there is none.</param>
/// <param name="Value">Null when there is none.</param>
/// <param name="Headers">In their order; a header's value may be null.</param>
public sealed record TestRecord(string Topic, int Partition, long Offset, DateTimeOffset Timestamp, byte[]? Key, byte[]? Value, IReadOnlyList<KeyValuePair<string, byte[]?>> Headers)
{
    private static readonly long TimeMsMin = DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), TimeMsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The key as UTF-8 text.</summary>
    public string? KeyText => Key is null ? null : Encoding.UTF8.GetString(Key);

    /// <summary>The value as UTF-8 text.</summary>
    public string? ValueText => Value is null ? null : Encoding.UTF8.GetString(Value);

    /// <summary>Reads what consumers may see of a log from an offset on.</summary>
    internal static List<TestRecord> Read(PartitionLog log, long from)
    {
        List<TestRecord> records = [];
        for (var next = Math.Max(from, log.LogStartOffset); next < log.HighWatermark;)
        {
            var result = log.Read(next, bytesMax: 1 << 20, FetchIsolation.HighWatermark, minOneMessage: true);
            if (result.Error == ErrorCode.OffsetOutOfRange)
            {
                next = Math.Max(next, log.LogStartOffset); // retention was faster
                continue;
            }

            if (result.Error != ErrorCode.None)
            {
                throw new IOException($"{log.TopicPartition} cannot be read at {next}: {result.Error}");
            }

            if (result.Records is not { } slice)
            {
                break;
            }

            using (slice)
            {
                next = Add(slice.ToArray(), log.TopicPartition, next, records);
            }
        }

        return records;
    }

    /// <returns>The offset behind the last whole batch.</returns>
    private static long Add(ReadOnlySpan<byte> bytes, TopicPartition from, long first, List<TestRecord> records)
    {
        var next = first;
        while (RecordBatch.TryRead(bytes, out var batch, out var size))
        {
            if (!batch.IsControl)
            {
                foreach (var record in batch.Records())
                {
                    if (record.Offset >= first)
                    {
                        records.Add(Of(record, from));
                    }
                }
            }

            next = batch.NextOffset;
            bytes = bytes[size..];
        }

        return next;
    }

    private static TestRecord Of(in Record record, TopicPartition from)
    {
        List<KeyValuePair<string, byte[]?>> headers = [];
        foreach (var header in record.Headers)
        {
            headers.Add(new(Encoding.UTF8.GetString(header.Name), header.HasValue ? header.Value.ToArray() : null));
        }

        return new TestRecord(
            from.Topic, from.Partition, record.Offset, DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(record.TimestampMs, TimeMsMin, TimeMsMax)),
            record.HasKey ? record.Key.ToArray() : null, record.HasValue ? record.Value.ToArray() : null, headers);
    }
}
