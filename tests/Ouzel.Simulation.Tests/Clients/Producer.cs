using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Simulation.Tests.Clients;

internal enum ProducerKind
{
    Idempotent,
    AcksAll,
    AcksOne,
}

/// <summary>Writes its records, several requests under way at a time, and sends again whatever was not acknowledged, in its order.</summary>
internal sealed class Producer(World world, Client client, ProducerKind kind, int batchCount)
{
    private const int InFlightMax = 3;
    private const int KeyBytesMax = 6000;
    private readonly List<Batch> _unacknowledged = [];
    private readonly int[] _sequences = new int[World.PartitionCount];
    private long _producerId = -1;
    private short _epoch = -1;

    public async Task RunAsync()
    {
        if (kind == ProducerKind.Idempotent)
        {
            var given = await client.PersistAsync(() => new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60000 }, 4, r => r.ErrorCode == ErrorCode.None);
            (_producerId, _epoch) = (given.ProducerId, given.ProducerEpoch);
        }

        for (var made = 0; made < batchCount || _unacknowledged.Count > 0;)
        {
            var wanted = client.Random.Next(1, InFlightMax + 1);
            while (_unacknowledged.Count < wanted && made < batchCount)
            {
                _unacknowledged.Add(Make());
                made++;
            }

            await SendAsync();
            await client.DelayMsAsync(0, client.Random.Next(8) == 0 ? 3000 : 150);
        }

        client.Say("all acknowledged");
    }

    private Batch Make()
    {
        var partition = client.Random.Next(World.PartitionCount);
        var first = _sequences[partition];
        var values = new string[client.Random.Next(1, 4)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = $"{client.Name}:{_sequences[partition]++}";
            if (kind == ProducerKind.Idempotent)
            {
                world.Partitions[partition].Made(client.Name);
            }
        }

        return new Batch(partition, first, values);
    }

    private async Task SendAsync()
    {
        var flight = new List<(Batch Batch, Task<ProduceResponse> Answer)>();
        try
        {
            var connection = client.Connection();
            flight.AddRange(_unacknowledged.Select(b => (b, connection.CallAsync(Request(b), 9))).ToArray());
        }
        catch (IOException)
        {
            return;
        }

        var refused = new HashSet<int>();
        foreach (var (batch, answer) in flight)
        {
            try
            {
                Take(batch, await answer, refused);
            }
            catch (IOException)
            {
                // The next flight carries it again.
            }
        }
    }

    private void Take(Batch batch, ProduceResponse response, HashSet<int> refused)
    {
        var told = response.Responses[0].PartitionResponses[0];
        if (response.Responses[0].Name != World.Topic || told.Index != batch.Partition)
        {
            client.Fail($"asked about partition {batch.Partition}, told about {response.Responses[0].Name}-{told.Index}");
        }

        switch (told.ErrorCode)
        {
            case ErrorCode.None:
                _unacknowledged.Remove(batch);
                client.Say($"acknowledged {batch.Partition} at {told.BaseOffset}: {string.Join(' ', batch.Values)}");
                if (kind != ProducerKind.AcksOne || client.IsCurrent)
                {
                    world.Partitions[batch.Partition].Acknowledge(told.BaseOffset, batch.Values, kind != ProducerKind.AcksOne, client.Name);
                }

                break;
            case ErrorCode.OutOfOrderSequenceNumber when refused.Contains(batch.Partition):
            case ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError or ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas:
                client.Say($"refused {batch.Partition}: {told.ErrorCode}");
                refused.Add(batch.Partition);
                break;
            default:
                client.Fail($"partition {batch.Partition}, sequence {batch.Sequence}: {told.ErrorCode} {told.ErrorMessage}");
                break;
        }
    }

    private ProduceRequest Request(Batch batch)
    {
        using var builder = new RecordBatchBuilder();
        if (kind == ProducerKind.Idempotent)
        {
            (builder.ProducerId, builder.ProducerEpoch, builder.BaseSequence) = (_producerId, _epoch, batch.Sequence);
        }

        for (var i = 0; i < batch.Values.Length; i++)
        {
            // Some records cross the pages of a disk, so that a loss of power can take one half.
            var number = batch.Sequence + i;
            var key = number % 3 == 0 ? new byte[number * 911 % KeyBytesMax] : null;
            key?.AsSpan().Fill((byte)'k');
            builder.Append(client.Clock.GetUtcNow().ToUnixTimeMilliseconds(), key, Encoding.UTF8.GetBytes(batch.Values[i]));
        }

        return new ProduceRequest
        {
            Acks = (short)(kind == ProducerKind.AcksOne ? 1 : -1),
            TimeoutMs = 30000,
            TopicData = [new() { Name = World.Topic, PartitionData = [new() { Index = batch.Partition, Records = new MemoryRecords(builder.BuildArray()) }] }],
        };
    }

    private sealed record Batch(int Partition, int Sequence, string[] Values);
}
