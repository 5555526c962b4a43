using System.Text;
using Ouzel.Protocol.Records;

namespace Ouzel.Storage.Tests.Support;

/// <summary>Batches to append.</summary>
internal static class Batches
{
    public const long Start = 1_760_000_000_000;

    public static byte[] Of(params string[] values) => Timed([.. values.Select(v => (v, Start))]);

    public static byte[] At(long timestampMs, params string[] values) => Timed([.. values.Select(v => (v, timestampMs))]);

    public static byte[] Timed(params (string Value, long TimestampMs)[] records)
    {
        using var builder = new RecordBatchBuilder();
        foreach (var (value, timestampMs) in records)
        {
            builder.Append(timestampMs, "k"u8.ToArray(), Encoding.UTF8.GetBytes(value));
        }

        return builder.BuildArray();
    }

    public static byte[] Sequenced(long producerId, short epoch, int sequence, int count = 1, bool transactional = false, long timestampMs = Start)
    {
        using var builder = new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence, IsTransactional = transactional };
        for (var i = 0; i < count; i++)
        {
            builder.Append(timestampMs, null, Encoding.UTF8.GetBytes($"{producerId}/{sequence + i}"));
        }

        return builder.BuildArray();
    }

    public static byte[] Marker(long producerId, short epoch, bool commit, int coordinatorEpoch = 0, long timestampMs = Start) =>
        ControlRecord.EndTransaction(commit, producerId, epoch, coordinatorEpoch, timestampMs);

    /// <summary>The batches in the bytes: base offset and the values of the records.</summary>
    public static List<(long BaseOffset, string[] Values)> Decode(ReadOnlySpan<byte> bytes)
    {
        var batches = new List<(long, string[])>();
        while (RecordBatch.TryRead(bytes, out var batch, out var size))
        {
            Assert.True(batch.IsCrcValid());
            var values = new List<string>();
            foreach (var record in batch.Records())
            {
                values.Add(Encoding.UTF8.GetString(record.Value));
            }

            batches.Add((batch.BaseOffset, [.. values]));
            bytes = bytes[size..];
        }

        return batches;
    }
}
