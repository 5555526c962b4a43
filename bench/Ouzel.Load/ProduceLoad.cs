using System.Diagnostics;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Load;

/// <summary>What is written.</summary>
internal sealed record ProduceShape(int RecordBytes, int BatchBytes, int InFlight, short Acks, CompressionCodec Codec);

/// <summary>Sends one prepared batch again and again, with a bounded number of requests under way.</summary>
internal sealed class ProduceLoad(ProduceShape shape) : ILoad
{
    private const short Version = 9;
    private const int TimeoutMs = 30000;

    public string Name => "produce";

    public async Task DriveAsync(LoadConnection connection, LoadTarget target, LoadMeter meter)
    {
        (byte[] batch, int records) = Batch();
        byte[] frame = LoadConnection.Frame<ProduceRequest, ProduceResponse>(Request(target, batch), Version);
        var sentAt = new Queue<long>();
        var response = new ProduceResponse();
        while (!meter.IsOver)
        {
            sentAt.Enqueue(Stopwatch.GetTimestamp());
            await connection.SendAsync(frame);
            if (shape.Acks == 0)
            {
                // Nobody answers: what is counted is what the connection took.
                meter.Answered(sentAt.Dequeue(), records, batch.Length);
            }
            else if (sentAt.Count >= shape.InFlight)
            {
                await AnswerAsync();
            }
        }

        while (sentAt.Count > 0)
        {
            await AnswerAsync();
        }

        async Task AnswerAsync()
        {
            LoadConnection.Read(await connection.ReceiveAsync(), response, ApiKey.Produce, Version);
            ProduceResponse.PartitionProduceResponse partition = response.Responses[0].PartitionResponses[0];
            if (partition.ErrorCode != ErrorCode.None)
            {
                throw new LoadException($"{target.Topic}-{target.Partition} answered {partition.ErrorCode} {partition.ErrorMessage}");
            }

            meter.Answered(sentAt.Dequeue(), records, batch.Length);
        }
    }

    private ProduceRequest Request(LoadTarget target, byte[] batch) => new()
    {
        Acks = shape.Acks,
        TimeoutMs = TimeoutMs,
        TopicData =
        [
            new ProduceRequest.TopicProduceData
            {
                Name = target.Topic,
                PartitionData = [new ProduceRequest.PartitionProduceData { Index = target.Partition, Records = new MemoryRecords(batch) }],
            },
        ],
    };

    /// <summary>Records until the batch is full, at least one. Half of each value repeats, so that codecs have something to find.</summary>
    private (byte[] Batch, int Records) Batch()
    {
        var random = new Random(1);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using var builder = new RecordBatchBuilder { Codec = shape.Codec };
        byte[] value = new byte[shape.RecordBytes];
        do
        {
            random.NextBytes(value.AsSpan(value.Length / 2));
            builder.Append(now, null, value);
        }
        while (builder.SizeInBytes + shape.RecordBytes <= shape.BatchBytes);
        return (builder.BuildArray(), builder.Count);
    }
}
