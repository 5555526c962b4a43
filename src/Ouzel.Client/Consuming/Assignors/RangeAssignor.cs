using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Assignors;

/// <summary>
/// Gives each member a run of each topic's partitions, the first members one more where it does not come out even. Where racks matter (KIP-881) members
/// get partitions near them first, the same numbers of topics that are alike, within the same shares.
/// </summary>
internal static class RangeAssignor
{
    public static Dictionary<string, List<TopicPartition>> Assign(AssignmentInput input)
    {
        var assignment = input.Nothing();
        MemberView[] members = [.. input.Members.Order()];
        List<TopicShares> topics = [.. input.Topics.Select(t => new TopicShares(input, t, [.. members.Where(m => m.Topics.Contains(t))]))];
        foreach (var alike in topics.Where(t => t.RacksMatter).GroupBy(t => t.Likeness))
        {
            TopicShares[] group = [.. alike];
            if (group.Length > 1)
            {
                AssignTogether(input, group, assignment);
            }

            foreach (var topic in group)
            {
                AssignRuns(topic, input.IsNear, assignment);
            }
        }

        foreach (var topic in topics)
        {
            AssignRuns(topic, static (_, _) => true, assignment);
        }

        foreach (var list in assignment.Values)
        {
            list.Sort(static (a, b) => string.CompareOrdinal(a.Topic, b.Topic) is not 0 and var order ? order : a.Partition.CompareTo(b.Partition));
        }

        return assignment;
    }

    private static void AssignRuns(TopicShares topic, Func<MemberView, TopicPartition, bool> may, Dictionary<string, List<TopicPartition>> assignment)
    {
        foreach (var member in topic.Members)
        {
            foreach (var partition in topic.Left.Where(p => may(member, p)).Take(topic.RoomOf(member)).ToArray())
            {
                topic.Give(member, partition, assignment);
            }
        }
    }

    /// <summary>The same partition number of all topics to one member that is near all of them.</summary>
    private static void AssignTogether(AssignmentInput input, TopicShares[] topics, Dictionary<string, List<TopicPartition>> assignment)
    {
        for (var number = 0; number < input.PartitionCounts[topics[0].Topic]; number++)
        {
            var near = topics[0].Members.FirstOrDefault(m => topics.All(t => input.IsNear(m, new TopicPartition(t.Topic, number)) && t.RoomOf(m) > 0));
            if (near is null)
            {
                continue;
            }

            foreach (var topic in topics)
            {
                topic.Give(near, new TopicPartition(topic.Topic, number), assignment);
            }
        }
    }

    /// <summary>Each member's share of a topic: what it has and may still get.</summary>
    private sealed class TopicShares
    {
        private readonly Dictionary<string, int> _given;
        private readonly int _share;
        private int _membersWithOneMore;

        public TopicShares(AssignmentInput input, string topic, MemberView[] members)
        {
            Topic = topic;
            Members = members;
            TopicPartition[] partitions = [.. input.PartitionsOf(topic)];
            Left = [.. partitions];
            RacksMatter = input.RacksMatter(members, partitions);
            Likeness = $"{partitions.Length}:{string.Join('\0', members.Select(m => m.Id))}";
            _given = members.ToDictionary(m => m.Id, _ => 0, StringComparer.Ordinal);
            (_share, _membersWithOneMore) = Math.DivRem(partitions.Length, members.Length);
        }

        public string Topic { get; }

        public MemberView[] Members { get; }

        public List<TopicPartition> Left { get; }

        public bool RacksMatter { get; }

        /// <summary>Equal for topics with as many partitions and the same members.</summary>
        public string Likeness { get; }

        public int RoomOf(MemberView member) => Math.Max(0, _share + (_membersWithOneMore > 0 ? 1 : 0) - _given[member.Id]);

        public void Give(MemberView member, TopicPartition partition, Dictionary<string, List<TopicPartition>> assignment)
        {
            if (++_given[member.Id] > _share)
            {
                _membersWithOneMore--;
            }

            Left.Remove(partition);
            assignment[member.Id].Add(partition);
        }
    }
}
