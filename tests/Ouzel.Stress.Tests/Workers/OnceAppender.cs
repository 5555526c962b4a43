using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>An idempotent producer with several requests under way: what is not acknowledged goes again, in its order, until it is. Each record must be there once.</summary>
internal sealed class OnceAppender(Run run, string name, int seed) : Worker(run, name, seed)
{
    private const int InFlightMax = 5;
    private readonly List<Batch> _unacknowledged = [];
    private readonly Dictionary<PartitionLedger, int> _sequences = [];
    private long _producerId = -1;
    private short _epoch = -1;

    protected override bool IsDone => _unacknowledged.Count == 0;

    protected override async Task StepAsync(Connection connection)
    {
        if (_producerId < 0)
        {
            var given = await connection.CallAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60000 }, 4);
            if (given.ErrorCode != ErrorCode.None)
            {
                Run.Require(IsCoordinatorPassing(given.ErrorCode) || Run.IsRestless, $"{Name}: InitProducerId answers {given.ErrorCode}");
                await PauseAsync(50);
                return;
            }

            (_producerId, _epoch) = (given.ProducerId, given.ProducerEpoch);
        }

        while (!Run.IsOver && _unacknowledged.Count < InFlightMax)
        {
            var ledger = Run.Topics.Any(Random, l => l.Topic == Topics.Steady);
            var first = _sequences.GetValueOrDefault(ledger);
            var count = Random.Next(1, 4);
            _sequences[ledger] = first + count;
            _unacknowledged.Add(new Batch(ledger, first, [.. Enumerable.Range(first, count).Select(n => $"{Name}:{n}")]));
        }

        Batch[] flight = [.. _unacknowledged];
        var sent = new List<int>();
        foreach (var batch in flight)
        {
            sent.Add(await connection.SendAsync(Appender.Request(batch.Ledger, batch.Values, -1, Random, (_producerId, _epoch, batch.Sequence)), 13));
        }

        var refused = new HashSet<PartitionLedger>();
        for (var i = 0; i < flight.Length; i++)
        {
            var told = (await connection.ReceiveAsync<ProduceResponse>(sent[i], 13)).Responses[0].PartitionResponses[0];
            Take(flight[i], told, refused);
        }

        await PauseAsync(20);
    }

    private void Take(Batch batch, ProduceResponse.PartitionProduceResponse told, HashSet<PartitionLedger> refused)
    {
        switch (told.ErrorCode)
        {
            case ErrorCode.None:
                batch.Ledger.Acknowledge(told.BaseOffset, batch.Values);
                _unacknowledged.Remove(batch);
                break;
            case ErrorCode.OutOfOrderSequenceNumber when refused.Contains(batch.Ledger):
                break;
            default:
                Run.Require(IsPassing(told.ErrorCode), $"{Name}: {batch.Ledger.Name} sequence {batch.Sequence} answers {told.ErrorCode} {told.ErrorMessage}");
                refused.Add(batch.Ledger);
                break;
        }
    }

    private sealed record Batch(PartitionLedger Ledger, int Sequence, string[] Values);
}
