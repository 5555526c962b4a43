using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Simulation.Tests.Clients;

/// <summary>Reads partitions from their beginning, and looks at every offset it is shown.</summary>
internal sealed class Reader(World world, Client client)
{
    public const int WaitMsMax = 20_000;

    /// <summary>A fetch that waits for a byte is answered within this time of an append.</summary>
    private const double ToldMsMax = 3000;

    /// <summary>Follows one partition until the run no longer needs it.</summary>
    public async Task FollowAsync(int partition)
    {
        long next = 0;
        while (!world.AreClientsDone)
        {
            try
            {
                var isPatient = client.Random.Next(3) == 0;
                var sentMs = world.Scheduler.NowMs;
                var end = await FetchAsync(partition, next, isPatient ? WaitMsMax : client.Random.Next(50, 800), isPatient || client.Random.Next(2) == 0 ? 1 : 200, null);
                if (isPatient && client.IsCurrent && world.Partitions[partition].AcknowledgedAtMs(next) is { } writtenMs && world.Scheduler.NowMs - Math.Max(sentMs, writtenMs) > ToldMsMax)
                {
                    client.Fail($"a fetch of partition {partition} at {next} sent at {sentMs:F0} ms was not told of what was acknowledged at {writtenMs:F0} ms");
                }

                next = end ?? 0;
            }
            catch (IOException)
            {
                await client.DelayMsAsync(20, 200);
            }

            await client.DelayMsAsync(0, 60);
        }
    }

    /// <summary>Everything the partition has now.</summary>
    public async Task<List<string>> ReadAllAsync(int partition)
    {
        while (true)
        {
            try
            {
                List<string> all = [];
                for (long next = 0; ;)
                {
                    if (await FetchAsync(partition, next, 0, 1, all) is not { } end)
                    {
                        throw new IOException("not readable yet");
                    }

                    if (end == next)
                    {
                        return all;
                    }

                    next = end;
                }
            }
            catch (IOException)
            {
                await client.DelayMsAsync(50, 200);
            }
        }
    }

    /// <summary>The offset behind what was read; null when the partition cannot be read from there.</summary>
    private async Task<long?> FetchAsync(int partition, long from, int waitMs, int bytesMin, List<string>? values)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = waitMs,
            MinBytes = bytesMin,
            MaxBytes = 1 << 20,
            Topics = [new() { Topic = World.Topic, Partitions = [new() { Partition = partition, FetchOffset = from, PartitionMaxBytes = client.Random.Next(1, 4096) }] }],
        };
        var response = await client.CallAsync(request, 11);
        if (response.ErrorCode != ErrorCode.None || response.Responses.Count != 1 || response.Responses[0].Partitions.Count != 1)
        {
            client.Fail($"the answer to a fetch of one partition is {response.ErrorCode} with {response.Responses.Count} topics");
            return null;
        }

        var data = response.Responses[0].Partitions[0];
        if (data.PartitionIndex != partition)
        {
            client.Fail($"asked for partition {partition}, got {data.PartitionIndex}");
        }

        return data.ErrorCode switch
        {
            ErrorCode.None => Look(partition, from, data, values),
            ErrorCode.OffsetOutOfRange or ErrorCode.NotLeaderOrFollower or ErrorCode.UnknownTopicOrPartition or ErrorCode.KafkaStorageError => null,
            _ => Broken($"a fetch of partition {partition} at {from} answers {data.ErrorCode}"),
        };
    }

    private long? Look(int partition, long from, FetchResponse.PartitionData data, List<string>? values)
    {
        var next = from;
        var rest = data.Records is MemoryRecords memory ? memory.Span : default;
        while (RecordBatch.TryRead(rest, out var batch, out var size))
        {
            if (!batch.IsCrcValid())
            {
                return Broken($"partition {partition} is damaged at {batch.BaseOffset}");
            }

            foreach (var record in batch.Records())
            {
                if (record.Offset < next && record.Offset < from)
                {
                    // The batch begins before the offset that was asked for.
                    continue;
                }

                var value = Encoding.UTF8.GetString(record.Value);
                if (record.Offset != next || record.Offset >= data.HighWatermark)
                {
                    return Broken($"partition {partition}: {value} has offset {record.Offset} where {next} was due, below the high watermark {data.HighWatermark}");
                }

                next++;
                values?.Add(value);
                if (client.IsCurrent)
                {
                    world.Partitions[partition].See(record.Offset, value, client.Name);
                }
            }

            rest = rest[size..];
        }

        return next;
    }

    private long? Broken(string what)
    {
        client.Fail(what);
        return null;
    }
}
