using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Assignors;

/// <summary>A member as the leader of its group sees it.</summary>
/// <param name="Id">Member id.</param>
/// <param name="InstanceId">Of a static member, else null.</param>
/// <param name="Rack">Where it runs, when it said so (KIP-881).</param>
/// <param name="Topics">What it subscribes to.</param>
/// <param name="Owned">What it says it had, in its order.</param>
/// <param name="Generation">In which generation it had that; -1 when it did not say.</param>
internal sealed record MemberView(string Id, string? InstanceId, string? Rack, IReadOnlyList<string> Topics, IReadOnlyList<TopicPartition> Owned, int Generation) : IComparable<MemberView>
{
    /// <summary>Static members by their instance id, then the others by their id.</summary>
    public int CompareTo(MemberView? other) => (InstanceId, other!.InstanceId) switch
    {
        ({ } mine, { } theirs) => string.CompareOrdinal(mine, theirs),
        ({ }, null) => -1,
        (null, { }) => 1,
        _ => string.CompareOrdinal(Id, other.Id),
    };
}

/// <summary>The partitions to be divided, and the members.</summary>
internal sealed class AssignmentInput
{
    private static readonly HashSet<string> Nowhere = [];
    private readonly IReadOnlyDictionary<TopicPartition, HashSet<string>> _racks;

    /// <param name="members">In any order.</param>
    /// <param name="partitionCounts">Of the topics that exist.</param>
    /// <param name="racks">The racks with a replica of each partition; null when unknown.</param>
    public AssignmentInput(IEnumerable<MemberView> members, IReadOnlyDictionary<string, int> partitionCounts, IReadOnlyDictionary<TopicPartition, HashSet<string>>? racks = null)
    {
        Members = [.. members];
        PartitionCounts = partitionCounts;
        _racks = racks ?? new Dictionary<TopicPartition, HashSet<string>>();
        Topics = [.. Members.SelectMany(m => m.Topics).Distinct(StringComparer.Ordinal).Where(t => partitionCounts.GetValueOrDefault(t) > 0).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<MemberView> Members { get; }

    public IReadOnlyDictionary<string, int> PartitionCounts { get; }

    /// <summary>The topics that somebody wants and that exist, by name.</summary>
    public IReadOnlyList<string> Topics { get; }

    public IEnumerable<TopicPartition> PartitionsOf(string topic) => Enumerable.Range(0, PartitionCounts[topic]).Select(p => new TopicPartition(topic, p));

    public HashSet<string> RacksOf(TopicPartition partition) => _racks.GetValueOrDefault(partition) ?? Nowhere;

    /// <summary>True when the member is near a replica of the partition; one that does not say where it is counts as near.</summary>
    public bool IsNear(MemberView member, TopicPartition partition) => member.Rack is null || RacksOf(partition).Contains(member.Rack);

    /// <summary>True when racks say anything: some member is in some partition's rack, and not every partition is in every rack.</summary>
    public bool RacksMatter(IEnumerable<MemberView> members, IReadOnlyCollection<TopicPartition> partitions)
    {
        var all = partitions.SelectMany(RacksOf).ToHashSet(StringComparer.Ordinal);
        return members.Any(m => m.Rack is not null && all.Contains(m.Rack)) && !partitions.All(p => RacksOf(p).SetEquals(all));
    }

    /// <summary>An empty list for each member.</summary>
    public Dictionary<string, List<TopicPartition>> Nothing() => Members.ToDictionary(m => m.Id, _ => new List<TopicPartition>(), StringComparer.Ordinal);
}
