using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Commits ever higher offsets of a group without members, and asks for them: a commit that was acknowledged never goes back.</summary>
internal sealed class Committer(Run run, string name, int seed) : Worker(run, name, seed)
{
    private readonly Dictionary<int, (long Acknowledged, long Tried)> _offsets = [];

    protected override async Task StepAsync(Connection connection)
    {
        var ledger = Run.Topics.Any(Random, l => l.Topic == Topics.Steady);
        var (acknowledged, tried) = _offsets.GetValueOrDefault(ledger.Partition, (-1, -1));
        if (Random.Next(3) > 0)
        {
            // Never beyond the end: such a commit may be pulled back.
            var offset = Math.Max(tried, ledger.AcknowledgedEnd - Random.Next(3));
            _offsets[ledger.Partition] = (acknowledged, offset);
            var request = new OffsetCommitRequest { GroupId = Name, Topics = [new() { Name = ledger.Topic, Partitions = [new() { PartitionIndex = ledger.Partition, CommittedOffset = offset }] }] };
            var error = (await connection.CallAsync(request, 8)).Topics[0].Partitions[0].ErrorCode;
            if (error == ErrorCode.None)
            {
                _offsets[ledger.Partition] = (offset, offset);
            }
            else
            {
                Run.Require(IsCoordinatorPassing(error) || IsPassing(error), $"{Name}: OffsetCommit answers {error}");
            }
        }
        else
        {
            var request = new OffsetFetchRequest { Groups = [new() { GroupId = Name, Topics = [new() { Name = ledger.Topic, PartitionIndexes = [ledger.Partition] }] }] };
            var group = (await connection.CallAsync(request, 8)).Groups[0];
            if (group.ErrorCode == ErrorCode.None)
            {
                var found = group.Topics[0].Partitions[0].CommittedOffset;
                Run.Require(found >= acknowledged && found <= tried, $"{Name}: the commit of {ledger.Name} is {found}; {acknowledged} was acknowledged, {tried} the highest tried");
            }
            else
            {
                Run.Require(IsCoordinatorPassing(group.ErrorCode), $"{Name}: OffsetFetch answers {group.ErrorCode}");
            }
        }

        await PauseAsync(30);
    }
}
