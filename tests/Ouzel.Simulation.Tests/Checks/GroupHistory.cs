using Ouzel.Simulation.Tests.Bed;

namespace Ouzel.Simulation.Tests.Checks;

/// <summary>A group as its members were told of it: who owns a partition in which generation, and how far was committed.</summary>
internal sealed class GroupHistory(Scheduler scheduler)
{
    private readonly Dictionary<(int Generation, int Partition), string> _owners = [];
    private readonly Dictionary<int, long> _committed = [];

    /// <summary>The newest generation that handed out partitions.</summary>
    public int Newest { get; private set; } = -1;

    public void Owns(int generation, int partition, string memberId)
    {
        Newest = Math.Max(Newest, generation);
        if (!_owners.TryAdd((generation, partition), memberId) && _owners[(generation, partition)] is var other && other != memberId)
        {
            scheduler.Fail($"partition {partition} has two owners in generation {generation}: {other} and {memberId}");
        }
    }

    public void Committed(int partition, long offset) => _committed[partition] = Math.Max(Floor(partition), offset);

    /// <summary>
    /// After a stop that was not clean a position behind the log's end is pulled back to it, so that what is written there from then on is read; never further. Members here
    /// commit what they like, also behind the end.
    /// </summary>
    public void PulledBack(int partition, long endLeast)
    {
        if (Floor(partition) > endLeast)
        {
            _committed[partition] = endLeast;
        }
    }

    /// <summary>The least that an OffsetFetch sent now may answer.</summary>
    public long Floor(int partition) => _committed.GetValueOrDefault(partition, -1);

    public void Found(int partition, long offset, long floor, string who)
    {
        if (offset < floor)
        {
            scheduler.Fail($"the committed offset of partition {partition} went back from {floor} to {offset}, says {who}");
        }
    }
}
