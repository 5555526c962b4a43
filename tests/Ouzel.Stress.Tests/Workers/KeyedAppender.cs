using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Writes ever newer values of a few keys of its own to the compacted topic: the newest acknowledged one of each must survive every compaction.</summary>
internal sealed class KeyedAppender(Run run, string name, int seed) : Worker(run, name, seed)
{
    private const int KeyCount = 8;
    private readonly int[] _next = new int[KeyCount];

    protected override async Task StepAsync(Connection connection)
    {
        // A key stays with its partition.
        var key = Random.Next(KeyCount);
        var ledger = Run.Topics.Any(Random, l => l.Topic == Topics.Keyed && l.Partition == key % 3);
        List<string> values = [.. Enumerable.Range(0, Random.Next(1, 8)).Select(_ => $"{Name}k{key}:{_next[key]++}")];
        var request = Appender.Request(ledger, values, (short)(Random.Next(2) == 0 ? -1 : 1), Random, hasKeys: true);
        var told = (await connection.CallAsync(request, 13)).Responses[0].PartitionResponses[0];
        if (told.ErrorCode == ErrorCode.None)
        {
            ledger.Acknowledge(told.BaseOffset, values);
        }
        else
        {
            Run.Require(IsPassing(told.ErrorCode), $"{Name}: Produce to {ledger.Name} answers {told.ErrorCode} {told.ErrorMessage}");
        }

        await PauseAsync(15);
    }
}
