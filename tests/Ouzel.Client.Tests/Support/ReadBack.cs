using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Tests.Support;

/// <summary>A record as a fetch found it.</summary>
internal sealed record StoredRecord(int Partition, long Offset, long TimestampMs, string? Key, string? Value, IReadOnlyList<KeyValuePair<string, string?>> Headers, CompressionCodec Codec);

/// <summary>Reads topics with bare fetches.</summary>
internal static class ReadBack
{
    public static async Task<List<StoredRecord>> ReadAllAsync(this OuzelClient client, string topic)
    {
        var metadata = await client.Metadata.TopicAsync(topic, mayCreate: false, 10_000, default);
        List<StoredRecord> records = [];
        foreach (var partition in metadata.Partitions)
        {
            await ReadAsync(client, metadata.Id, partition.Index, partition.LeaderId, records);
        }

        return records;
    }

    private static async Task ReadAsync(OuzelClient client, Uuid topic, int partition, int leader, List<StoredRecord> records)
    {
        var connection = await client.Pool.OpenAsync(leader, client.Pool.General, default);
        var before = -1;
        for (long offset = 0; records.Count != before; offset = records.Where(r => r.Partition == partition).Select(r => r.Offset + 1).DefaultIfEmpty(0).Max())
        {
            before = records.Count;
            var response = await connection.CallAsync(new FetchRequest
            {
                MinBytes = 0,
                MaxBytes = 1 << 24,
                Topics = [new() { TopicId = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = 1 << 24 }] }],
            }, 10_000, default);
            var answered = response.Responses[0].Partitions[0];
            Assert.Equal(ErrorCode.None, answered.ErrorCode);
            Add(((MemoryRecords)answered.Records!).Span, partition, offset, records);
        }
    }

    private static void Add(ReadOnlySpan<byte> bytes, int partition, long from, List<StoredRecord> records)
    {
        while (RecordBatch.TryRead(bytes, out var batch, out var size))
        {
            foreach (var record in batch.Records())
            {
                if (record.Offset < from)
                {
                    continue;
                }

                List<KeyValuePair<string, string?>> headers = [];
                foreach (var header in record.Headers)
                {
                    headers.Add(new(Serdes.Text.Deserialize(header.Name), header.HasValue ? Serdes.Text.Deserialize(header.Value) : null));
                }

                records.Add(new StoredRecord(partition, record.Offset, record.TimestampMs, record.HasKey ? Serdes.Text.Deserialize(record.Key) : null,
                    record.HasValue ? Serdes.Text.Deserialize(record.Value) : null, headers, batch.Codec));
            }

            bytes = bytes[size..];
        }
    }
}
