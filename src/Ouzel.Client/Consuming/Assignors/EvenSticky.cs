using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Assignors;

/// <summary>The sticky division when all members want the same topics: everybody gets the same number, or one more.</summary>
internal sealed class EvenSticky
{
    private readonly AssignmentInput _input;
    private readonly Claims _claims;
    private readonly Dictionary<string, List<TopicPartition>> _assignment;
    private readonly MemberView[] _members;
    private readonly TopicPartition[] _all;
    private readonly bool _racksMatter;
    private readonly int _least;
    private readonly int _membersWithMost;

    /// <summary>Members with less than the least, in the order of their turns.</summary>
    private readonly List<MemberView> _below = [];

    /// <summary>Members with the least, of whom some may get one more.</summary>
    private readonly List<MemberView> _even = [];

    private int _filled;

    public EvenSticky(AssignmentInput input, Claims claims)
    {
        _input = input;
        _claims = claims;
        _assignment = input.Nothing();
        _members = [.. input.Members.OrderBy(m => m.Id, StringComparer.Ordinal)];
        _all = [.. input.Topics.SelectMany(input.PartitionsOf)];
        _racksMatter = input.RacksMatter(_members, _all);
        (_least, _membersWithMost) = _members.Length == 0 ? (0, 0) : Math.DivRem(_all.Length, _members.Length);
    }

    public Dictionary<string, List<TopicPartition>> Assign()
    {
        Keep();
        var kept = _assignment.Values.SelectMany(p => p).ToHashSet();
        List<TopicPartition> left = [.. _all.Where(p => !kept.Contains(p))];
        if (_racksMatter)
        {
            AssignNear(left);
        }

        AssignInTurn(left);
        return _assignment;
    }

    /// <summary>Everybody keeps what it had, up to its share. A partition that is far from its owner is not kept: racks go first.</summary>
    private void Keep()
    {
        foreach (var member in _members)
        {
            List<TopicPartition> owned =
            [
                .. _claims.Owned[member.Id].Where(p => !_racksMatter || _input.IsNear(member, p)).OrderBy(p => p.Partition).ThenBy(p => p.Topic, StringComparer.Ordinal),
            ];
            var mine = _assignment[member.Id];
            if (owned.Count < _least)
            {
                mine.AddRange(owned);
                _below.Add(member);
            }
            else if (owned.Count > _least && _filled < _membersWithMost)
            {
                mine.AddRange(owned.Take(_least + 1));
                _filled++;
            }
            else
            {
                mine.AddRange(owned.Take(_least));
                _even.Add(member);
            }
        }
    }

    /// <summary>The partitions that fewest members are near go first, each to the next member near it.</summary>
    private void AssignNear(List<TopicPartition> left)
    {
        var nearby = left.ToDictionary(p => p, p => _members.Count(m => m.Rack is not null && _input.RacksOf(p).Contains(m.Rack)));
        var turn = 0;
        foreach (var partition in left.OrderBy(p => nearby[p]).ToArray())
        {
            var at = NextNear(_below, turn, partition);
            if (at >= 0)
            {
                turn = Give(_below, at, partition) ? at : at + 1;
            }
            else if (_filled < _membersWithMost && NextNear(_even, 0, partition) is >= 0 and var even)
            {
                GiveOneMore(even, partition);
            }
            else
            {
                continue;
            }

            left.Remove(partition);
        }
    }

    private void AssignInTurn(List<TopicPartition> left)
    {
        var turn = 0;
        foreach (var partition in left)
        {
            if (_below.Count > 0)
            {
                turn = turn < _below.Count ? turn : 0;
                turn = Give(_below, turn, partition) ? turn : turn + 1;
            }
            else
            {
                GiveOneMore(0, partition);
            }
        }
    }

    private int NextNear(List<MemberView> members, int from, TopicPartition partition)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var at = (from + i) % members.Count;
            if (members[at].Rack is { } rack && _input.RacksOf(partition).Contains(rack))
            {
                return at;
            }
        }

        return -1;
    }

    /// <returns>Whether the member has its least now and left the list.</returns>
    private bool Give(List<MemberView> below, int at, TopicPartition partition)
    {
        var member = below[at];
        _assignment[member.Id].Add(partition);
        if (_assignment[member.Id].Count < _least)
        {
            return false;
        }

        below.RemoveAt(at);
        _even.Add(member);
        return true;
    }

    private void GiveOneMore(int at, TopicPartition partition)
    {
        _assignment[_even[at].Id].Add(partition);
        _even.RemoveAt(at);
        _filled++;
    }
}
