using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Simulation.Tests.Checks;

namespace Ouzel.Simulation.Tests.Clients;

/// <summary>One of several clients of one partition: it writes one batch, trims, reads everything, and tells the partition's ledger.</summary>
internal sealed class LogClient(Client client)
{
    private const int PaddingMax = 400;

    public long ProducerId { get; private set; } = -1;

    public async Task BecomeProducerAsync()
    {
        var given = await client.PersistAsync(() => new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60000 }, 4, r => r.ErrorCode == ErrorCode.None);
        ProducerId = given.ProducerId;
    }

    /// <summary>Sends one batch until it is acknowledged; as an idempotent producer when it has become one.</summary>
    public async Task WriteAsync(Ledger ledger, IReadOnlyList<string> values, int sequence)
    {
        ProduceResponse.PartitionProduceResponse? told = null;
        var batch = Batch(values, sequence);
        await client.PersistAsync(
            () => new ProduceRequest { Acks = -1, TimeoutMs = 30000, TopicData = [new() { Name = ledger.Topic, PartitionData = [new() { Index = ledger.Partition, Records = new MemoryRecords(batch) }] }] },
            9,
            response =>
            {
                told = response.Responses[0].PartitionResponses[0];
                if (!IsPassing(told.ErrorCode))
                {
                    client.Fail($"Produce to {ledger.Name} answers {told.ErrorCode} {told.ErrorMessage}");
                }

                return told.ErrorCode == ErrorCode.None;
            });
        client.Say($"{ledger.Name} at {told!.BaseOffset}: {string.Join(' ', values)}");
        ledger.Acknowledge(told.BaseOffset, values);
    }

    /// <summary>Everything before a random offset goes, or everything there is.</summary>
    public async Task TrimAsync(Ledger ledger)
    {
        var floor = ledger.StartFloor;
        var wanted = client.Random.Next(4) == 0 || floor >= ledger.DurableEnd ? -1 : floor + client.Random.NextInt64(ledger.DurableEnd - floor) + 1;
        var request = new DeleteRecordsRequest { TimeoutMs = 30000, Topics = [new() { Name = ledger.Topic, Partitions = [new() { PartitionIndex = ledger.Partition, Offset = wanted }] }] };
        try
        {
            var told = (await client.CallAsync(request, 2)).Topics[0].Partitions[0];
            client.Say($"{ledger.Name} below {wanted} deleted: {told.ErrorCode}, begins at {told.LowWatermark}");
            if (told.ErrorCode == ErrorCode.None)
            {
                ledger.StartsAt(told.LowWatermark, Math.Max(floor, wanted), isForGood: true);
            }
            else if (!IsPassing(told.ErrorCode))
            {
                client.Fail($"DeleteRecords of {ledger.Name} below {wanted} answers {told.ErrorCode}");
            }
        }
        catch (IOException)
        {
            // Whether it was done is not known.
        }
    }

    /// <summary>Reads the partition whole and holds it against its ledger; again while it cannot be read, or is trimmed meanwhile.</summary>
    public async Task CheckAsync(Ledger ledger)
    {
        while (true)
        {
            try
            {
                if (await TryCheckAsync(ledger))
                {
                    return;
                }
            }
            catch (IOException)
            {
                // Again.
            }

            await client.DelayMsAsync(50, 200);
        }
    }

    private async Task<bool> TryCheckAsync(Ledger ledger)
    {
        var (floor, durableEnd) = (ledger.StartFloor, ledger.DurableEnd);
        var request = new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = ledger.Topic, Partitions = [new() { PartitionIndex = ledger.Partition, Timestamp = -2 }] }] };
        var first = (await client.CallAsync(request, 5)).Topics[0].Partitions[0];
        if (first.ErrorCode != ErrorCode.None)
        {
            return false;
        }

        List<(long, string)> log = [];
        for (var next = first.Offset; ;)
        {
            var data = await FetchAsync(ledger, next);
            if (data.ErrorCode != ErrorCode.None)
            {
                return false;
            }

            var end = Look(ledger, next, data, log);
            if (end == next)
            {
                if (end < data.HighWatermark)
                {
                    client.Fail($"{ledger.Name} cannot be read further than {end} below its high watermark {data.HighWatermark}");
                }

                if (client.IsCurrent)
                {
                    ledger.CheckWhole(log, first.Offset, end, floor, durableEnd);
                }

                return client.IsCurrent;
            }

            next = end;
        }
    }

    private async Task<FetchResponse.PartitionData> FetchAsync(Ledger ledger, long from)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = 0,
            MinBytes = 1,
            MaxBytes = 1 << 20,
            Topics = [new() { Topic = ledger.Topic, Partitions = [new() { Partition = ledger.Partition, FetchOffset = from, PartitionMaxBytes = client.Random.Next(1, 4096) }] }],
        };
        return (await client.CallAsync(request, 11)).Responses[0].Partitions[0];
    }

    /// <summary>The offset to go on from.</summary>
    private long Look(Ledger ledger, long from, FetchResponse.PartitionData data, List<(long, string)> log)
    {
        var next = from;
        var rest = data.Records is MemoryRecords memory ? memory.Span : default;
        while (RecordBatch.TryRead(rest, out var batch, out var size))
        {
            if (!batch.IsCrcValid())
            {
                client.Fail($"{ledger.Name} is damaged at {batch.BaseOffset}");
                return next;
            }

            foreach (var record in batch.Records())
            {
                if (record.Offset < from)
                {
                    continue;
                }

                var value = Encoding.UTF8.GetString(record.Value);
                if (record.Offset < next || (record.Offset > next && !ledger.IsCompacted) || record.Offset >= data.HighWatermark)
                {
                    client.Fail($"{ledger.Name}: {value} has offset {record.Offset} where {next} was due, below the high watermark {data.HighWatermark}");
                }

                next = record.Offset + 1;
                log.Add((record.Offset, value));
                if (client.IsCurrent)
                {
                    ledger.See(record.Offset, value);
                }
            }

            next = Math.Max(next, batch.LastOffset + 1);
            rest = rest[size..];
        }

        return next;
    }

    private byte[] Batch(IReadOnlyList<string> values, int sequence)
    {
        using var builder = new RecordBatchBuilder();
        if (ProducerId >= 0)
        {
            (builder.ProducerId, builder.ProducerEpoch, builder.BaseSequence) = (ProducerId, 0, sequence);
        }

        foreach (var value in values)
        {
            var key = ProducerId >= 0 ? Encoding.UTF8.GetBytes(Ledger.Split(value).Key) : new byte[client.Random.Next(PaddingMax)];
            builder.Append(client.Clock.GetUtcNow().ToUnixTimeMilliseconds(), key, Encoding.UTF8.GetBytes(value));
        }

        return builder.BuildArray();
    }

    private static bool IsPassing(ErrorCode error) =>
        error is ErrorCode.None or ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError or ErrorCode.UnknownTopicOrPartition or ErrorCode.RequestTimedOut;
}
