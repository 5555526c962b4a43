using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>One group of the classic protocol: its members and where it stands. The rules are in <see cref="ClassicRebalance"/>; this keeps the parts consistent.</summary>
internal sealed class ClassicGroup(string id, long sinceMs)
{
    private readonly OrderedDictionary<string, ClassicMember> _members = [];
    private readonly Dictionary<string, string> _staticMembers = [];
    private readonly Dictionary<string, int> _supporters = [];
    private readonly HashSet<string> _pendingIds = [];
    private GroupMetadataValue? _stored;
    private HashSet<string>? _subscribedTopics;
    private GroupMeter? _meter;

    public string Id { get; } = id;

    public ClassicGroupState State { get; private set; } = ClassicGroupState.Empty;

    /// <summary>The state before, which tells a group's first rebalance from later ones.</summary>
    public ClassicGroupState StateBefore { get; private set; } = ClassicGroupState.Empty;

    /// <summary>Since when it is in its state, wall clock.</summary>
    public long SinceMs { get; private set; } = sinceMs;

    public int Generation { get; set; }

    /// <summary>"consumer", "connect"...; null for a group that only ever kept offsets.</summary>
    public string? ProtocolType { get; set; }

    /// <summary>The protocol chosen for the generation.</summary>
    public string? Protocol { get; set; }

    public string? LeaderId { get; set; }

    /// <summary>The topics that the members of this generation subscribe to; null when that cannot be known.</summary>
    public HashSet<string>? SubscribedTopics
    {
        get => _subscribedTopics;
        set
        {
            Weigh(BytesOf(value) - BytesOf(_subscribedTopics));
            _subscribedTopics = value;
        }
    }

    /// <summary>Ids given out and not yet used.</summary>
    public IReadOnlySet<string> PendingIds => _pendingIds;

    /// <summary>Members of this generation that have not fetched their part.</summary>
    public HashSet<string> PendingSyncs { get; } = [];

    /// <summary>Somebody joined during the present delay of the first rebalance.</summary>
    public bool NewMemberInDelay { get; set; }

    /// <summary>The rest of the first rebalance after the present delay; null outside of it.</summary>
    public int? DelayLeftMs { get; set; }

    /// <summary>The last record of the group in the log; null for a group known only by its offsets.</summary>
    public GroupMetadataValue? Stored
    {
        get => _stored;
        set
        {
            Weigh(BytesOf(value) - BytesOf(_stored));
            _stored = value;
        }
    }

    /// <summary>The memory it takes, by estimate.</summary>
    public long Bytes { get; private set; } = GroupMemory.GroupBytes + (2 * GroupMemory.BytesOf(id));

    /// <summary>Nothing but a name: ids were handed out at most, and nobody came back.</summary>
    public bool IsUnused => State == ClassicGroupState.Empty && Generation == 0 && _members.Count == 0;

    /// <summary>In the order they came.</summary>
    public IReadOnlyCollection<ClassicMember> Members => _members.Values;

    public int MemberCount => _members.Count;

    /// <summary>Members whose join waits.</summary>
    public int JoinedCount { get; private set; }

    /// <summary>From now on its weight is counted there; null for nowhere.</summary>
    public void CountIn(GroupMeter? meter)
    {
        _meter?.Add(-Bytes);
        _meter = meter;
        _meter?.Add(Bytes);
    }

    public void AddPendingId(string memberId)
    {
        if (_pendingIds.Add(memberId))
        {
            Weigh(GroupMemory.PendingIdBytes);
        }
    }

    public bool RemovePendingId(string memberId)
    {
        var removed = _pendingIds.Remove(memberId);
        Weigh(removed ? -GroupMemory.PendingIdBytes : 0);
        return removed;
    }

    public bool AllJoined => JoinedCount == _members.Count && PendingIds.Count == 0;

    /// <summary>The largest among the members.</summary>
    public int RebalanceTimeoutMs
    {
        get
        {
            var timeoutMs = 0;
            foreach (var member in _members.Values)
            {
                timeoutMs = Math.Max(timeoutMs, member.RebalanceTimeoutMs);
            }

            return timeoutMs;
        }
    }

    public ClassicMember? Member(string memberId) => _members.GetValueOrDefault(memberId);

    /// <summary>The present member id of a static member.</summary>
    public string? StaticMemberId(string instanceId) => _staticMembers.GetValueOrDefault(instanceId);

    public bool IsLeader(string memberId) => LeaderId == memberId;

    public void Become(ClassicGroupState state, long nowMs)
    {
        StateBefore = State;
        State = state;
        SinceMs = nowMs;
    }

    public void Add(ClassicMember member)
    {
        _members.Add(member.Id, member);
        if (member.InstanceId is { } instanceId)
        {
            _staticMembers[instanceId] = member.Id;
        }

        RemovePendingId(member.Id);
        Weigh(member.Bytes);
        LeaderId ??= member.Id;
        JoinedCount += member.Join is null ? 0 : 1;
        Count(member, 1);
    }

    /// <summary>Takes a member out. When it led, the next in line leads.</summary>
    public void Remove(ClassicMember member)
    {
        Weigh(_members.Remove(member.Id) ? -member.Bytes : 0);
        if (member.InstanceId is { } instanceId && _staticMembers.GetValueOrDefault(instanceId) == member.Id)
        {
            _staticMembers.Remove(instanceId);
        }

        PendingSyncs.Remove(member.Id);
        JoinedCount -= member.Join is null ? 0 : 1;
        Count(member, -1);
        if (LeaderId == member.Id)
        {
            LeaderId = _members.Count > 0 ? _members.GetAt(0).Key : null;
        }
    }

    /// <summary>Puts a member in the place of another, in order and rank.</summary>
    public void Replace(ClassicMember old, ClassicMember member)
    {
        var led = LeaderId == old.Id;
        var syncs = PendingSyncs.Contains(old.Id);
        var place = _members.IndexOf(old.Id);
        Remove(old);
        Add(member);
        _members.Remove(member.Id);
        _members.Insert(place, member.Id, member);
        LeaderId = led ? member.Id : LeaderId;
        if (syncs)
        {
            PendingSyncs.Add(member.Id);
        }
    }

    public void SetJoin(ClassicMember member, WaitingJoin? join)
    {
        JoinedCount += (join is null ? 0 : 1) - (member.Join is null ? 0 : 1);
        member.Join = join;
    }

    public void SetProtocols(ClassicMember member, IReadOnlyList<MemberProtocol> protocols)
    {
        Count(member, -1);
        Weigh(-member.Bytes);
        member.Protocols = protocols;
        Weigh(member.Bytes);
        Count(member, 1);
    }

    public void SetAssignment(ClassicMember member, byte[] assignment)
    {
        Weigh(assignment.Length - member.Assignment.Length);
        member.Assignment = assignment;
    }

    /// <summary>True when a member with these protocols could be in the group. An empty group takes any.</summary>
    public bool Accepts(string protocolType, IReadOnlyList<MemberProtocol> protocols)
    {
        if (State == ClassicGroupState.Empty)
        {
            return protocolType.Length > 0 && protocols.Count > 0;
        }

        return protocolType == ProtocolType && protocols.Any(p => IsCommon(p.Name));
    }

    /// <summary>
    /// Each member votes for the first of its protocols that all members speak; most votes win. Between equals the members' order decides, so that the
    /// same group always chooses the same.
    /// </summary>
    public string ChooseProtocol()
    {
        var votes = new OrderedDictionary<string, int>();
        foreach (var member in _members.Values)
        {
            foreach (var protocol in member.Protocols)
            {
                if (IsCommon(protocol.Name))
                {
                    votes[protocol.Name] = votes.GetValueOrDefault(protocol.Name) + 1;
                    break;
                }
            }
        }

        return votes.MaxBy(v => v.Value).Key ?? throw new InvalidOperationException($"the members of group {Id} have no protocol in common");
    }

    private static long BytesOf(HashSet<string>? topics) => topics?.Sum(t => (long)GroupMemory.ProtocolBytes + GroupMemory.BytesOf(t)) ?? 0;

    private static long BytesOf(GroupMetadataValue? stored)
    {
        long bytes = 0;
        foreach (var member in stored?.members ?? [])
        {
            bytes += GroupMemory.PendingIdBytes + member.subscription.Length + member.assignment.Length;
        }

        return bytes;
    }

    private void Weigh(long bytes)
    {
        Bytes += bytes;
        _meter?.Add(bytes);
    }

    private bool IsCommon(string protocol) => _supporters.GetValueOrDefault(protocol) == _members.Count;

    private void Count(ClassicMember member, int change)
    {
        // A protocol named twice counts once.
        foreach (var name in member.Protocols.Select(p => p.Name).Distinct())
        {
            var count = _supporters.GetValueOrDefault(name) + change;
            if (count == 0)
            {
                _supporters.Remove(name);
            }
            else
            {
                _supporters[name] = count;
            }
        }
    }
}
