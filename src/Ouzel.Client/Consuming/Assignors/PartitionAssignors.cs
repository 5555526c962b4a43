using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Assignors;

/// <summary>The assignors by their names in the protocol.</summary>
internal static class PartitionAssignors
{
    public static string NameOf(Assignor assignor) => assignor switch
    {
        Assignor.Range => "range",
        Assignor.RoundRobin => "roundrobin",
        Assignor.Sticky => "sticky",
        Assignor.CooperativeSticky => "cooperative-sticky",
        _ => throw new ArgumentOutOfRangeException(nameof(assignor), assignor, "no such assignor"),
    };

    public static Assignor? ByName(string? name) => name switch
    {
        "range" => Assignor.Range,
        "roundrobin" => Assignor.RoundRobin,
        "sticky" => Assignor.Sticky,
        "cooperative-sticky" => Assignor.CooperativeSticky,
        _ => null,
    };

    /// <summary>The partitions of each member, by member id; members that get nothing have an empty list.</summary>
    public static Dictionary<string, List<TopicPartition>> Assign(Assignor assignor, AssignmentInput input) => assignor switch
    {
        Assignor.Range => RangeAssignor.Assign(input),
        Assignor.RoundRobin => RoundRobinAssignor.Assign(input),
        Assignor.Sticky => StickyAssignor.Assign(input),
        Assignor.CooperativeSticky => CooperativeStickyAssignor.Assign(input),
        _ => throw new ArgumentOutOfRangeException(nameof(assignor), assignor, "no such assignor"),
    };
}
