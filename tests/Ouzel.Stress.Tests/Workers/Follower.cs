using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Reads any partition from where it left it, and looks at every offset.</summary>
internal sealed class Follower(Run run, string name, int seed) : Worker(run, name, seed)
{
    private readonly Dictionary<PartitionLedger, long> _positions = [];

    protected override async Task StepAsync(Connection connection)
    {
        var ledger = Run.Topics.Any(Random);
        var from = _positions.GetValueOrDefault(ledger, Random.Next(4) == 0 ? ledger.AcknowledgedEnd : 0);
        var startFloor = ledger.StartFloor();
        var isPatient = Random.Next(3) == 0;
        var data = await Topics.FetchAsync(connection, ledger, from, isPatient ? Random.Next(600) : 0, Random.Next(1, 40000), isPatient ? Random.Next(1, 5000) : 1);
        if (data.ErrorCode == ErrorCode.OffsetOutOfRange)
        {
            var start = await Topics.StartAsync(connection, ledger);
            Run.Require(ledger.IsTrimmed && (start is null || start > from), $"{Name}: {ledger.Name} has no offset {from}, it begins at {start}");
            _positions[ledger] = start ?? 0;
        }
        else if (data.ErrorCode != ErrorCode.None)
        {
            Run.Require(IsPassing(data.ErrorCode), $"{Name}: Fetch of {ledger.Name} at {from} answers {data.ErrorCode}");
            _positions.Remove(ledger);
        }
        else if (ledger.Look(from, data, startFloor) is { } next)
        {
            _positions[ledger] = next;
        }
    }
}
