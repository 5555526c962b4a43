using System.Diagnostics;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Load;

/// <summary>The shape of the fetches.</summary>
/// <param name="FetchBytes">Most bytes of a response.</param>
/// <param name="MinBytes">Fewer make the broker wait.</param>
/// <param name="MaxWaitMs">That long at most.</param>
/// <param name="IsTail">Follows the end instead of beginning again.</param>
internal sealed record ConsumeShape(int FetchBytes, int MinBytes = 1, int MaxWaitMs = 500, bool IsTail = false);

/// <summary>Reads a partition from its start, over and over, one request at a time.</summary>
internal sealed class ConsumeLoad(ConsumeShape shape) : ILoad
{
    public const short Version = 11;

    public string Name => "consume";

    public async Task DriveAsync(LoadConnection connection, LoadTarget target, LoadMeter meter)
    {
        long offset = 0;
        var response = new FetchResponse();
        var request = Request(target, shape);
        var partition = request.Topics[0].Partitions[0];
        while (!meter.IsOver)
        {
            partition.FetchOffset = offset;
            var frame = LoadConnection.Frame<FetchRequest, FetchResponse>(request, Version);
            var sentAt = Stopwatch.GetTimestamp();
            await connection.SendAsync(frame);
            var (records, highWatermark) = Read(await connection.ReceiveAsync(), response);
            if (highWatermark == 0 && !shape.IsTail)
            {
                throw new LoadException($"{target.Topic}-{target.Partition} is empty; run produce first");
            }

            var (count, next) = Walk(records.Span, offset);
            meter.Answered(sentAt, count, records.Length);
            offset = next >= highWatermark && !shape.IsTail ? 0 : next;
        }
    }

    public static FetchRequest Request(LoadTarget target, ConsumeShape shape) => new()
    {
        MaxWaitMs = shape.MaxWaitMs,
        MinBytes = shape.MinBytes,
        MaxBytes = shape.FetchBytes,
        Topics =
        [
            new FetchRequest.FetchTopic
            {
                Topic = target.Topic,
                Partitions = [new FetchRequest.FetchPartition { Partition = target.Partition, PartitionMaxBytes = shape.FetchBytes }],
            },
        ],
    };

    /// <summary>The records of a response about one partition.</summary>
    public static (ReadOnlyMemory<byte> Records, long HighWatermark) Read(ReadOnlyMemory<byte> answer, FetchResponse response)
    {
        LoadConnection.Read(answer, response, ApiKey.Fetch, Version);
        var data = response.ErrorCode == ErrorCode.None ? response.Responses[0].Partitions[0] : throw new LoadException($"A fetch answered {response.ErrorCode}");
        return data.ErrorCode == ErrorCode.None
            ? (data.Records is MemoryRecords memory ? memory.Memory : ReadOnlyMemory<byte>.Empty, data.HighWatermark)
            : throw new LoadException($"A fetch answered {data.ErrorCode}");
    }

    /// <summary>Counts the records of whole batches; a batch that is cut off at the end comes again with the next fetch.</summary>
    private static (long Records, long OffsetNext) Walk(ReadOnlySpan<byte> bytes, long offset)
    {
        long records = 0;
        while (RecordBatch.TryRead(bytes, out var batch, out var sizeBytes))
        {
            records += batch.RecordCount;
            offset = batch.NextOffset;
            bytes = bytes[sizeBytes..];
        }

        return (records, offset);
    }
}
