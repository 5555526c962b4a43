using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Tests.Consuming.Support;

/// <summary>Makes topics and fills them, by the plain requests.</summary>
internal static class Topics
{
    private const int TimeoutMs = 30_000;

    public static async Task CreateTopicAsync(this OuzelClient client, string name, int partitions)
    {
        var connection = await client.AnyBrokerAsync(default);
        var request = new CreateTopicsRequest { Topics = [new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = partitions, ReplicationFactor = 1 }] };
        var response = await connection.CallAsync(request, TimeoutMs, default);
        Assert.Equal(ErrorCode.None, response.Topics.Single().ErrorCode);
    }

    public static async Task AddPartitionsAsync(this OuzelClient client, string name, int partitions)
    {
        var connection = await client.AnyBrokerAsync(default);
        var request = new CreatePartitionsRequest { Topics = [new CreatePartitionsRequest.CreatePartitionsTopic { Name = name, Count = partitions, Assignments = null }], TimeoutMs = TimeoutMs };
        var response = await connection.CallAsync(request, TimeoutMs, default);
        Assert.Equal(ErrorCode.None, response.Results.Single().ErrorCode);
    }

    public static Task ProduceAsync(this OuzelClient client, string topic, int partition, params string[] values) =>
        ProduceAsync(client, topic, partition, CompressionCodec.None, values);

    /// <summary>One batch.</summary>
    public static async Task ProduceAsync(this OuzelClient client, string topic, int partition, CompressionCodec codec, params string[] values)
    {
        using var builder = new RecordBatchBuilder { Codec = codec };
        foreach (var (i, value) in values.Index())
        {
            builder.Append(1000 + i, Encoding.UTF8.GetBytes($"key of {value}"), Encoding.UTF8.GetBytes(value), [new("first", Encoding.UTF8.GetBytes("one")), new("empty", null)]);
        }

        await ProduceAsync(client, topic, partition, builder.BuildArray(), null);
    }

    public static async Task ProduceAsync(this OuzelClient client, string topic, int partition, byte[] batch, string? transactionalId)
    {
        var connection = await client.AnyBrokerAsync(default);
        var request = new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = TimeoutMs,
            TransactionalId = transactionalId,
            TopicData =
            [
                new ProduceRequest.TopicProduceData
                {
                    Name = topic,
                    PartitionData = [new ProduceRequest.PartitionProduceData { Index = partition, Records = new MemoryRecords(batch) }],
                },
            ],
        };
        var response = await connection.CallAsync(request, 12, TimeoutMs, default);
        Assert.Equal(ErrorCode.None, response.Responses.Single().PartitionResponses.Single().ErrorCode);
    }

    public static string[] Numbered(string prefix, int count, int from = 0) => [.. Enumerable.Range(from, count).Select(i => $"{prefix}{i}")];
}
