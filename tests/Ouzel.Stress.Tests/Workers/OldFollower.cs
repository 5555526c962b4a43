using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Reads as a client from before record batches does: Fetch v3, whose records are converted for it.</summary>
internal sealed class OldFollower(Run run, string name, int seed) : Worker(run, name, seed)
{
    private const short Version = 3;
    private readonly Dictionary<PartitionLedger, long> _positions = [];

    protected override async Task StepAsync(Connection connection)
    {
        // Names do not tell a topic from the next of its name: only those that stay.
        var ledger = Run.Topics.Any(Random, l => l.Topic is Topics.Steady or Topics.Short or Topics.Keyed);
        var from = _positions.GetValueOrDefault(ledger);
        var request = new FetchRequest
        {
            MaxWaitMs = Random.Next(300),
            MinBytes = Random.Next(2),
            MaxBytes = Random.Next(1, 1 << 20),
            Topics = [new() { Topic = ledger.Topic, Partitions = [new() { Partition = ledger.Partition, FetchOffset = from, PartitionMaxBytes = Random.Next(1, 100_000) }] }],
        };
        var data = (await connection.CallAsync(request, Version)).Responses[0].Partitions[0];
        switch (data.ErrorCode)
        {
            case ErrorCode.None:
                _positions[ledger] = ledger.LookOld(from, data);
                break;
            case ErrorCode.UnsupportedCompressionType:
                // Its format does not know zstd.
                _positions[ledger] = from + 1;
                break;
            case ErrorCode.OffsetOutOfRange:
                var start = await Topics.StartAsync(connection, ledger);
                Run.Require(start is null || (ledger.IsTrimmed && start > from), $"{Name}: {ledger.Name} has no offset {from}, it begins at {start}");
                _positions[ledger] = start ?? 0;
                break;
            default:
                Run.Require(IsPassing(data.ErrorCode), $"{Name}: Fetch v{Version} of {ledger.Name} at {from} answers {data.ErrorCode}");
                break;
        }

        await PauseAsync(20);
    }
}
