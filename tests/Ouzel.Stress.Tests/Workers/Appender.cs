using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Writes to any partition, several requests under way at a time, and never sends anything twice. With acks=0 nothing is told and nothing expected.</summary>
internal sealed class Appender(Run run, string name, int seed, short acks) : Worker(run, name, seed)
{
    private const int InFlightMax = 12;
    private const int PaddingMax = 3000;
    private const int RecordsMax = 500;
    private int _made;

    protected override async Task StepAsync(Connection connection)
    {
        var flight = new List<(PartitionLedger Ledger, List<string> Values, int CorrelationId)>();
        for (var i = Random.Next(1, InFlightMax); i > 0; i--)
        {
            var ledger = Run.Topics.Any(Random, l => !l.IsCompacted);
            List<string> values = [.. Enumerable.Range(0, Random.Next(40) == 0 ? Random.Next(100, RecordsMax) : Random.Next(1, 5)).Select(_ => $"{Name}:{_made++}")];
            flight.Add((ledger, values, await connection.SendAsync(Request(ledger, values, acks, Random), 13)));
        }

        foreach (var (ledger, values, correlationId) in flight.Where(_ => acks != 0))
        {
            var told = (await connection.ReceiveAsync<ProduceResponse>(correlationId, 13)).Responses[0].PartitionResponses[0];
            if (told.ErrorCode == ErrorCode.None)
            {
                ledger.Acknowledge(told.BaseOffset, values);
            }
            else
            {
                Run.Require(IsPassing(told.ErrorCode), $"{Name}: Produce to {ledger.Name} answers {told.ErrorCode} {told.ErrorMessage}");
            }
        }

        await PauseAsync(20);
    }

    public static ProduceRequest Request(PartitionLedger ledger, IReadOnlyList<string> values, short acks, Random random, (long Id, short Epoch, int Sequence)? producer = null, bool hasKeys = false)
    {
        using var builder = new RecordBatchBuilder { Codec = random.Next(3) == 0 || values.Count > 10 ? (CompressionCodec)random.Next(1, 5) : CompressionCodec.None };
        if (producer is { } known)
        {
            (builder.ProducerId, builder.ProducerEpoch, builder.BaseSequence) = known;
        }

        foreach (var value in values)
        {
            var key = hasKeys ? Encoding.UTF8.GetBytes(value[..value.IndexOf(':', StringComparison.Ordinal)]) : random.Next(3) == 0 ? new byte[random.Next(PaddingMax)] : null;
            builder.Append(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), key, Encoding.UTF8.GetBytes(value));
        }

        return new ProduceRequest
        {
            Acks = acks,
            TimeoutMs = 60000,
            TopicData = [new() { TopicId = ledger.TopicId, PartitionData = [new() { Index = ledger.Partition, Records = new MemoryRecords(builder.BuildArray()) }] }],
        };
    }
}
