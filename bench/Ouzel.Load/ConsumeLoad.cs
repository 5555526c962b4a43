using System.Diagnostics;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Load;

/// <summary>Reads a partition from its start, over and over, one request at a time.</summary>
internal sealed class ConsumeLoad(int fetchBytes) : ILoad
{
    private const short Version = 11;
    private const int WaitMs = 500;

    public string Name => "consume";

    public async Task DriveAsync(LoadConnection connection, LoadTarget target, LoadMeter meter)
    {
        long offset = 0;
        var response = new FetchResponse();
        var partition = new FetchRequest.FetchPartition { Partition = target.Partition, PartitionMaxBytes = fetchBytes };
        var request = new FetchRequest
        {
            MaxWaitMs = WaitMs,
            MinBytes = 1,
            MaxBytes = fetchBytes,
            Topics = [new FetchRequest.FetchTopic { Topic = target.Topic, Partitions = [partition] }],
        };
        while (!meter.IsOver)
        {
            partition.FetchOffset = offset;
            byte[] frame = LoadConnection.Frame<FetchRequest, FetchResponse>(request, Version);
            long sentAt = Stopwatch.GetTimestamp();
            await connection.SendAsync(frame);
            LoadConnection.Read(await connection.ReceiveAsync(), response, ApiKey.Fetch, Version);
            FetchResponse.PartitionData answer = response.Responses[0].Partitions[0];
            if (response.ErrorCode != ErrorCode.None || answer.ErrorCode != ErrorCode.None)
            {
                throw new LoadException($"{target.Topic}-{target.Partition} at {offset} answered {response.ErrorCode} {answer.ErrorCode}");
            }

            ReadOnlyMemory<byte> records = answer.Records is MemoryRecords memory ? memory.Memory : ReadOnlyMemory<byte>.Empty;
            if (answer.HighWatermark == 0)
            {
                throw new LoadException($"{target.Topic}-{target.Partition} is empty; run produce first");
            }

            (long count, long next) = Walk(records.Span, offset);
            meter.Answered(sentAt, count, records.Length);
            offset = next >= answer.HighWatermark ? 0 : next;
        }
    }

    /// <summary>Counts the records of whole batches; a batch that is cut off at the end comes again with the next fetch.</summary>
    private static (long Records, long OffsetNext) Walk(ReadOnlySpan<byte> bytes, long offset)
    {
        long records = 0;
        while (RecordBatch.TryRead(bytes, out RecordBatch batch, out int sizeBytes))
        {
            records += batch.RecordCount;
            offset = batch.NextOffset;
            bytes = bytes[sizeBytes..];
        }

        return (records, offset);
    }
}
