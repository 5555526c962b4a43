using Ouzel.Client;
using Ouzel.Protocol;

namespace Ouzel.ClientLoad;

/// <summary>Ouzel.Client's consumer with its defaults, over a topic of one partition; the first pass warms up.</summary>
internal static class OuzelConsume
{
    private static readonly ConsumerOptions Options = new() { OffsetReset = StartPosition.Earliest };

    public static async Task<Measure> BatchesAsync(string address, string topic, long records, int passes)
    {
        await using var client = await OuzelClient.ConnectAsync(address);
        var partition = new TopicPartition(topic, 0);
        await using var consumer = client.CreateConsumer<byte[], byte[]>([partition], null, Options);
        var (pass, seen, bytes) = (0, 0L, 0L);
        Mark mark = default;
        await foreach (var batch in consumer.ReadBatchesAsync(1000))
        {
            foreach (var record in batch.Records)
            {
                bytes += record.ValueBytes.Length;
                seen++;
            }

            if (seen < records)
            {
                continue;
            }

            if (pass == 0)
            {
                mark = Measure.Begin();
            }
            else if (pass == passes)
            {
                break;
            }

            (pass, seen) = (pass + 1, 0);
            consumer.Seek(partition, 0);
        }

        return bytes > 0 ? mark.End(records * passes) : default;
    }

    public static async Task<Measure> EachAsync(string address, string topic, long records, int passes)
    {
        await using var client = await OuzelClient.ConnectAsync(address);
        var partition = new TopicPartition(topic, 0);
        await using var consumer = client.CreateConsumer<byte[], byte[]>([partition], null, Options);
        var (pass, seen, bytes) = (0, 0L, 0L);
        Mark mark = default;
        await foreach (var record in consumer.ReadAsync())
        {
            bytes += record.ValueBytes.Length;
            if (++seen < records)
            {
                continue;
            }

            if (pass == 0)
            {
                mark = Measure.Begin();
            }
            else if (pass == passes)
            {
                break;
            }

            (pass, seen) = (pass + 1, 0);
            consumer.Seek(partition, 0);
        }

        return bytes > 0 ? mark.End(records * passes) : default;
    }
}
