using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Assignors;

/// <summary>The sticky division when members want different topics: partitions go to whoever has least of those that want them, then move while that evens things out.</summary>
internal sealed class UnevenSticky
{
    /// <summary>Rounds of moves. Each round lowers the sum of the squares of what members have, so it ends by itself; the bound is for the eye.</summary>
    private const int RoundsMax = 1000;

    private readonly AssignmentInput _input;
    private readonly Claims _claims;
    private readonly Dictionary<string, List<TopicPartition>> _assignment;
    private readonly Dictionary<string, MemberView[]> _interested;
    private readonly Dictionary<TopicPartition, string> _owner = [];
    private readonly TopicPartition[] _all;
    private readonly bool _racksMatter;

    public UnevenSticky(AssignmentInput input, Claims claims)
    {
        _input = input;
        _claims = claims;
        _assignment = input.Nothing();
        MemberView[] members = [.. input.Members.OrderBy(m => m.Id, StringComparer.Ordinal)];
        _interested = input.Topics.ToDictionary(t => t, t => members.Where(m => m.Topics.Contains(t)).ToArray(), StringComparer.Ordinal);

        // Those that few want go first: the others have more places to go to.
        _all = [.. input.Topics.OrderBy(t => _interested[t].Length).SelectMany(input.PartitionsOf)];
        _racksMatter = input.RacksMatter(members, _all);
    }

    public Dictionary<string, List<TopicPartition>> Assign()
    {
        foreach (var member in _input.Members)
        {
            foreach (var partition in _claims.Owned[member.Id].Where(p => !_racksMatter || _input.IsNear(member, p)))
            {
                Give(partition, member.Id);
            }
        }

        if (_racksMatter)
        {
            AssignLeft(near: true);
        }

        AssignLeft(near: false);
        Balance();
        return _assignment;
    }

    private void AssignLeft(bool near)
    {
        foreach (var partition in _all.Where(p => !_owner.ContainsKey(p)))
        {
            if (Poorest(partition, near) is { } member)
            {
                Give(partition, member);
            }
        }
    }

    /// <summary>Moves a partition whose owner has two more than another member that wants it.</summary>
    private void Balance()
    {
        var moved = true;
        for (var round = 0; moved && round < RoundsMax; round++)
        {
            moved = false;
            foreach (var partition in _all)
            {
                var from = _owner[partition];
                if (Poorest(partition, near: _racksMatter) is { } to && _assignment[from].Count > _assignment[to].Count + 1)
                {
                    _assignment[from].Remove(partition);
                    Give(partition, to);
                    moved = true;
                }
            }
        }
    }

    private string? Poorest(TopicPartition partition, bool near) =>
        _interested[partition.Topic].Where(m => !near || _input.IsNear(m, partition)).MinBy(m => _assignment[m.Id].Count)?.Id;

    private void Give(TopicPartition partition, string member)
    {
        _owner[partition] = member;
        _assignment[member].Add(partition);
    }
}
