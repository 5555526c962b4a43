using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Assignors;

/// <summary>Deals all partitions of all topics out to the members in turn; a turn passes over members that do not want the topic.</summary>
internal static class RoundRobinAssignor
{
    public static Dictionary<string, List<TopicPartition>> Assign(AssignmentInput input)
    {
        var assignment = input.Nothing();
        MemberView[] members = [.. input.Members.Order()];
        var wanted = members.ToDictionary(m => m.Id, m => m.Topics.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        var turn = 0;
        foreach (var partition in input.Topics.SelectMany(input.PartitionsOf))
        {
            // Ends: a topic is listed because somebody wants it.
            while (!wanted[members[turn % members.Length].Id].Contains(partition.Topic))
            {
                turn++;
            }

            assignment[members[turn++ % members.Length].Id].Add(partition);
        }

        return assignment;
    }
}
