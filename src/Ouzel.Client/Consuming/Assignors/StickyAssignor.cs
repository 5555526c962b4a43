using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Assignors;

/// <summary>Divides as evenly as subscriptions allow, and within that leaves partitions where they were (KIP-54).</summary>
internal static class StickyAssignor
{
    public static Dictionary<string, List<TopicPartition>> Assign(AssignmentInput input) => Assign(input, Claims.Of(input));

    public static Dictionary<string, List<TopicPartition>> Assign(AssignmentInput input, Claims claims)
    {
        var first = input.Members.Count > 0 ? input.Members[0].Topics.ToHashSet(StringComparer.Ordinal) : [];
        return input.Members.All(m => first.SetEquals(m.Topics)) ? new EvenSticky(input, claims).Assign() : new UnevenSticky(input, claims).Assign();
    }
}

/// <summary>
/// As <see cref="StickyAssignor"/>, for members that go on with what they keep (KIP-429): what moves is given to nobody in this round, and to its new owner in the
/// next one, when the old owner has let go.
/// </summary>
internal static class CooperativeStickyAssignor
{
    public static Dictionary<string, List<TopicPartition>> Assign(AssignmentInput input)
    {
        var claims = Claims.Of(input);
        var assignment = StickyAssignor.Assign(input, claims);
        var claimants = new Dictionary<TopicPartition, List<string>>();
        foreach (var member in input.Members)
        {
            foreach (var partition in member.Owned)
            {
                if (!claimants.TryGetValue(partition, out var who))
                {
                    claimants[partition] = who = [];
                }

                who.Add(member.Id);
            }
        }

        foreach (var (member, partitions) in assignment)
        {
            partitions.RemoveAll(p => claims.Disputed.Contains(p) || (claimants.TryGetValue(p, out var who) && !who.Contains(member)));
        }

        return assignment;
    }
}

/// <summary>The former owners, as far as they are beyond doubt.</summary>
internal sealed class Claims
{
    /// <summary>By member id, in the member's order; every member has a list.</summary>
    public required Dictionary<string, List<TopicPartition>> Owned { get; init; }

    /// <summary>Claimed by two members in the same generation: neither has it.</summary>
    public required HashSet<TopicPartition> Disputed { get; init; }

    /// <summary>Takes in what members say: a claim of a later generation beats an older one; claims on what does not exist or is not wanted any more are none.</summary>
    public static Claims Of(AssignmentInput input)
    {
        var owner = new Dictionary<TopicPartition, (string Member, int Generation)>();
        HashSet<TopicPartition> disputed = [];
        foreach (var member in input.Members)
        {
            foreach (var partition in member.Owned)
            {
                if (!member.Topics.Contains(partition.Topic) || partition.Partition >= input.PartitionCounts.GetValueOrDefault(partition.Topic))
                {
                    continue;
                }

                if (!owner.TryGetValue(partition, out var other) || other.Generation < member.Generation)
                {
                    owner[partition] = (member.Id, member.Generation);
                    disputed.Remove(partition);
                }
                else if (other.Generation == member.Generation && other.Member != member.Id)
                {
                    disputed.Add(partition);
                }
            }
        }

        var owned = input.Members.ToDictionary(
            m => m.Id, m => m.Owned.Where(p => owner.TryGetValue(p, out var o) && o.Member == m.Id && !disputed.Contains(p)).Distinct().ToList(), StringComparer.Ordinal);
        return new Claims { Owned = owned, Disputed = disputed };
    }
}
