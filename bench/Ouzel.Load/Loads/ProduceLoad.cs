using System.Diagnostics;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Load;

/// <summary>The shape of what is written.</summary>
internal sealed record ProduceShape(int RecordBytes, int BatchBytes, int InFlight = 5, short Acks = 1, CompressionCodec Codec = CompressionCodec.None);

/// <summary>Sends one prepared batch again and again, with a bounded number of requests under way.</summary>
/// <remarks>With a rate, requests leave at their planned times, all connections together, and latencies count from those.</remarks>
internal sealed class ProduceLoad(ProduceShape shape, double recordsPerSecond = 0, int connections = 1) : ILoad
{
    public const short Version = 9;
    private const int TimeoutMs = 30000;

    public string Name => "produce";

    public async Task DriveAsync(LoadConnection connection, LoadTarget target, LoadMeter meter)
    {
        var (batch, records) = Batch(shape);
        var frame = LoadConnection.Frame<ProduceRequest, ProduceResponse>(Request(target, batch, shape.Acks), Version);
        var sentAt = new Queue<long>();
        var response = new ProduceResponse();
        var interval = recordsPerSecond > 0 ? Stopwatch.Frequency * (double)records * connections / recordsPerSecond : 0;
        var began = Stopwatch.GetTimestamp();
        for (long number = 0; !meter.IsOver; number++)
        {
            var planned = Stopwatch.GetTimestamp();
            if (interval > 0)
            {
                var due = began + (long)(number * interval);
                var early = Stopwatch.GetElapsedTime(planned, due);
                if (early > TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(early);
                }

                planned = due;
            }

            sentAt.Enqueue(planned);
            await connection.SendAsync(frame);
            if (shape.Acks == 0)
            {
                // Nobody answers: what is counted is what the connection took.
                meter.Answered(sentAt.Dequeue(), records, batch.Length);
            }
            else if (sentAt.Count >= shape.InFlight)
            {
                await RespondAsync();
            }
        }

        while (sentAt.Count > 0)
        {
            await RespondAsync();
        }

        async Task RespondAsync()
        {
            Check(await connection.ReceiveAsync(), response);
            meter.Answered(sentAt.Dequeue(), records, batch.Length);
        }
    }

    /// <summary>Reads the response to a write of one partition.</summary>
    public static void Check(ReadOnlyMemory<byte> answer, ProduceResponse response)
    {
        LoadConnection.Read(answer, response, ApiKey.Produce, Version);
        var partition = response.Responses[0].PartitionResponses[0];
        if (partition.ErrorCode != ErrorCode.None)
        {
            throw new LoadException($"A write answered {partition.ErrorCode} {partition.ErrorMessage}");
        }
    }

    public static ProduceRequest Request(LoadTarget target, byte[] batch, short acks) => new()
    {
        Acks = acks,
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
    public static (byte[] Batch, int Records) Batch(ProduceShape shape, long baseOffset = 0)
    {
        var random = new Random(1);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using var builder = new RecordBatchBuilder { Codec = shape.Codec, BaseOffset = baseOffset };
        var value = new byte[shape.RecordBytes];
        do
        {
            random.NextBytes(value.AsSpan(value.Length / 2));
            builder.Append(now, null, value);
        }
        while (builder.SizeInBytes + shape.RecordBytes <= shape.BatchBytes);
        return (builder.BuildArray(), builder.Count);
    }
}
