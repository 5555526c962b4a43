using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Support;

/// <summary>Record batches as producers make them, and the records of what a fetch gives.</summary>
internal static class Batches
{
    /// <summary>One batch with a record per value, at a time the fake clock has passed.</summary>
    public static byte[] Of(params string[] values) => Build(new RecordBatchBuilder(), values);

    /// <summary>A batch of an idempotent or transactional producer.</summary>
    public static byte[] Of(long producerId, short epoch, int sequence, bool transactional, params string[] values)
        => Build(new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence, IsTransactional = transactional }, values);

    /// <summary>One batch with a record per time; the values are r0, r1...</summary>
    public static byte[] At(params long[] timesMs)
    {
        using var builder = new RecordBatchBuilder();
        for (var i = 0; i < timesMs.Length; i++)
        {
            builder.Append(timesMs[i], "k"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes($"r{i}"));
        }

        return builder.BuildArray();
    }

    /// <summary>First and last offset of each whole batch.</summary>
    public static List<(long First, long Last)> Ranges(RecordsData? records)
    {
        List<(long, long)> ranges = [];
        var rest = records is MemoryRecords memory ? memory.Span : default;
        while (RecordBatch.TryRead(rest, out var batch, out var size))
        {
            ranges.Add((batch.BaseOffset, batch.LastOffset));
            rest = rest[size..];
        }

        return ranges;
    }

    public static List<string> Values(RecordsData? records)
    {
        List<string> values = [];
        var rest = records is MemoryRecords memory ? memory.Span : default;
        while (RecordBatch.TryRead(rest, out var batch, out var size))
        {
            foreach (var record in batch.Records())
            {
                values.Add(System.Text.Encoding.UTF8.GetString(record.Value));
            }

            rest = rest[size..];
        }

        return values;
    }

    private static byte[] Build(RecordBatchBuilder builder, string[] values)
    {
        using (builder)
        {
            foreach (var value in values)
            {
                builder.Append(1_700_000_000_000, "k"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(value));
            }

            return builder.BuildArray();
        }
    }
}
