using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Groups;

/// <summary>
/// The groups of one partition of __consumer_offsets: the fold of its records, plus members' sessions and waiting joins, which live in memory only.
/// Every request is (state, request, moment) -> records and answers; what persists changes only when its record is applied.
/// </summary>
/// <param name="options">Sizes and times.</param>
/// <param name="newUuid">Makes the random part of a member id, as text.</param>
/// <param name="memory">What all groups of the node may take.</param>
/// <param name="log">Who comes and goes, and why a group rebalances.</param>
/// <param name="recovered">How far the logs reached after a stop that was not clean.</param>
internal sealed partial class GroupShard : ICoordinatorShard
{
    /// <summary>The time that an id that was handed out is safe from others who want the room.</summary>
    private const int UnusedAfterMs = 10_000;
    private const int LookForUnusedEveryMs = 1_000;

    /// <summary>A group or a member in the response to DescribeGroups, beside its texts and bytes: objects, places in lists, lengths.</summary>
    private const int DescribedMemberBytes = 256;

    /// <summary>A group in the response to ListGroups, beside its id.</summary>
    private const int ListedGroupBytes = 256;

    private readonly GroupOptions _options;
    private readonly Dictionary<string, ClassicGroup> _groups = [];
    private readonly Dictionary<string, ForeignGroup> _foreign = [];
    private readonly OffsetStore _offsets;
    private readonly GroupMeter _meter;
    private readonly ILogger _logger;
    private readonly RecoveredEnds? _recovered;
    private readonly Deadlines<GroupTimer> _timers = new();
    private readonly ClassicRebalance _rebalance;
    private readonly ClassicProtocol _protocol;
    private readonly ClassicJoin _join;
    private bool _loaded;
    private long _lookedForUnusedMs = long.MinValue / 2;

    // The group of the operation at work; null when it may be any.
    private string? _touched;

    public GroupShard(GroupOptions options, Func<string> newUuid, GroupMemory memory, ILogger log, RecoveredEnds? recovered = null)
    {
        _options = options;
        _logger = log;
        _recovered = recovered;
        _meter = new GroupMeter(memory);
        _offsets = new OffsetStore(_meter);
        _rebalance = new ClassicRebalance(options, _timers, log);
        _protocol = new ClassicProtocol(_rebalance, _timers, _meter, log);
        _join = new ClassicJoin(options, _rebalance, _timers, newUuid, _meter, log);
    }

    /// <summary>The memory that the shard takes, by estimate.</summary>
    public long Bytes => _meter.Bytes;

    public long? NextDeadlineMs => _aging.Count > 0 ? 0 : _timers.NextMs;

    /// <summary>Groups and committed offsets, for the log. May be read from any thread.</summary>
    public (int Groups, long Offsets) Counts => (_groups.Count + _foreign.Count, _offsets.Count);

    /// <summary>The classic groups.</summary>
    public IReadOnlyDictionary<string, ClassicGroup> Groups => _groups;

    /// <summary>The other groups.</summary>
    public IReadOnlyDictionary<string, ForeignGroup> ForeignGroups => _foreign;

    /// <summary>Committed offsets.</summary>
    public OffsetStore Offsets => _offsets;

    /// <summary>Joins a classic group, making it if the member is new.</summary>
    public CoordinatorStep Join(JoinGroupRequest request, GroupRequestContext context, CoordinatorMoment now, Reply<JoinGroupResponse> reply) =>
        Held(JoinHeld(request, context, now, reply));

    private CoordinatorStep JoinHeld(JoinGroupRequest request, GroupRequestContext context, CoordinatorMoment now, Reply<JoinGroupResponse> reply)
    {
        _touched = request.GroupId;
        var joining = new Joining(request, context, reply);
        if (request.GroupId.Length == 0)
        {
            return joining.Refuse(ErrorCode.InvalidGroupId);
        }

        if (request.SessionTimeoutMs < _options.MinSessionTimeoutMs || request.SessionTimeoutMs > _options.MaxSessionTimeoutMs)
        {
            return joining.Refuse(ErrorCode.InvalidSessionTimeout);
        }

        if (_groups.TryGetValue(request.GroupId, out var group))
        {
            return _join.Join(group, joining, now);
        }

        if (_foreign.TryGetValue(request.GroupId, out var foreign) && (foreign.HasMembers || foreign.Type != ForeignGroupType.Consumer))
        {
            return joining.Refuse(ErrorCode.InconsistentGroupProtocol);
        }

        if (request.MemberId.Length > 0)
        {
            return joining.Refuse(ErrorCode.UnknownMemberId);
        }

        if (request.ProtocolType.Length == 0 || request.Protocols.Count == 0)
        {
            return joining.Refuse(ErrorCode.InconsistentGroupProtocol);
        }

        if (!_meter.TryHold(GroupMemory.GroupBytes + (2 * joining.Bytes)))
        {
            joining.Refuse(ErrorCode.CoordinatorNotAvailable);
            return LetGoUnused(now);
        }

        // A consumer group without members makes room; its offsets stay, as in Kafka's change between the protocols.
        List<CoordinatorRecord> records = [.. foreign?.Keys().Select(k => new CoordinatorRecord(k, null)) ?? []];
        records.Add(GroupRecords.Group(request.GroupId, ClassicResponses.StoredNew(now.UtcMs)));
        return new CoordinatorStep(records, error =>
            error == ErrorCode.None ? _join.Join(_groups[request.GroupId], joining, now) : joining.Refuse(error), IsDivisible: true);
    }

    public CoordinatorStep Sync(SyncGroupRequest request, GroupRequestContext context, CoordinatorMoment now, Reply<SyncGroupResponse> reply)
    {
        _touched = request.GroupId;
        // KIP-559: from version 5 a sync must say which protocol it is about.
        var error = context.Version >= 5 && (request.ProtocolType is null || request.ProtocolName is null) ? ErrorCode.InconsistentGroupProtocol
            : request.GroupId.Length == 0 ? ErrorCode.InvalidGroupId
            : ErrorCode.UnknownMemberId;
        if (error == ErrorCode.UnknownMemberId && _groups.TryGetValue(request.GroupId, out var group))
        {
            return Held(_protocol.Sync(group, request, now, reply));
        }

        reply.Set(ClassicResponses.SyncError(error));
        return CoordinatorStep.Done;
    }

    public CoordinatorStep Heartbeat(HeartbeatRequest request, CoordinatorMoment now, Reply<HeartbeatResponse> reply)
    {
        _touched = request.GroupId;
        if (request.GroupId.Length > 0 && _groups.TryGetValue(request.GroupId, out var group))
        {
            return _protocol.Heartbeat(group, request, now, reply);
        }

        reply.SetError(request.GroupId.Length == 0 ? ErrorCode.InvalidGroupId : ErrorCode.UnknownMemberId);
        return CoordinatorStep.Done;
    }

    public CoordinatorStep Leave(LeaveGroupRequest request, CoordinatorMoment now, Reply<LeaveGroupResponse> reply)
    {
        _touched = request.GroupId;
        if (request.GroupId.Length == 0)
        {
            reply.SetError(ErrorCode.InvalidGroupId);
            return CoordinatorStep.Done;
        }

        // An unknown group is a group without members.
        return _groups.TryGetValue(request.GroupId, out var group)
            ? _protocol.Leave(group, request, now, reply)
            : _protocol.Leave(new ClassicGroup(request.GroupId, now.UtcMs), request, now, reply);
    }

    /// <summary>About what <see cref="Describe"/> takes, encoding included.</summary>
    public long DescribedBytes(string groupId)
    {
        long bytes = DescribedMemberBytes;
        if (_groups.TryGetValue(groupId, out var group))
        {
            foreach (var member in group.Members)
            {
                bytes += DescribedMemberBytes + member.Id.Length + (member.InstanceId?.Length ?? 0) + member.ClientId.Length + member.ClientHost.Length
                    + member.MetadataFor(group.Protocol).Length + member.Assignment.Length;
            }
        }

        return bytes;
    }

    /// <summary>About what <see cref="List"/> takes, encoding included.</summary>
    public long ListedBytes()
    {
        long bytes = 0;
        foreach (var id in _groups.Keys.Concat(_foreign.Keys))
        {
            bytes += ListedGroupBytes + id.Length;
        }

        return bytes;
    }

    /// <summary>One group as it is; null when there is no such classic group.</summary>
    public DescribeGroupsResponse.DescribedGroup? Describe(string groupId) =>
        _groups.TryGetValue(groupId, out var group) ? ClassicResponses.Described(group) : null;

    /// <summary>Every group of this partition, of every kind.</summary>
    public IEnumerable<ListGroupsResponse.ListedGroup> List()
    {
        foreach (var group in _groups.Values)
        {
            yield return new ListGroupsResponse.ListedGroup
            {
                GroupId = group.Id,
                ProtocolType = group.ProtocolType ?? "",
                GroupState = group.State.ToString(),
                GroupType = "classic",
            };
        }

        foreach (var group in _foreign.Values.Where(g => g.Exists))
        {
            yield return new ListGroupsResponse.ListedGroup
            {
                GroupId = group.Id,
                ProtocolType = group.TypeName,
                GroupState = group.State,
                GroupType = group.TypeName,
            };
        }
    }

    public CoordinatorStep OnLoaded(CoordinatorMoment now)
    {
        _touched = null;
        _loaded = true;
        foreach (var group in _groups.Values)
        {
            foreach (var member in group.Members)
            {
                // Nobody knows how long they have been silent: a whole session from now.
                _rebalance.Touch(group, member, now);
            }

            if (group.MemberCount > _options.MaxSize)
            {
                // Only a smaller group comes out of it.
                _rebalance.Prepare(group, now, $"it has more members than group.max.size={_options.MaxSize} allows");
            }
        }

        _timers.Set(new GroupTimer(GroupTimerKind.Retention), now.TicksMs + _options.OffsetsRetentionCheckIntervalMs);
        return PullBack();
    }

    public CoordinatorStep Expire(CoordinatorMoment now)
    {
        _touched = null;
        if (_aging.TryDequeue(out var aging))
        {
            return Age(aging, now);
        }

        if (!_timers.TryTake(now.TicksMs, out var timer))
        {
            return CoordinatorStep.Done;
        }

        if (timer.Kind == GroupTimerKind.Retention)
        {
            _timers.Set(timer, now.TicksMs + _options.OffsetsRetentionCheckIntervalMs);
            BeginAging();
            return CoordinatorStep.Done;
        }

        _touched = timer.Group;

        if (!_groups.TryGetValue(timer.Group, out var group))
        {
            return CoordinatorStep.Done;
        }

        return timer.Kind switch
        {
            GroupTimerKind.Session => _rebalance.OnSessionDeadline(group, timer.Member, now),
            GroupTimerKind.Join => _rebalance.OnJoinDeadline(group, now),
            _ => _rebalance.OnSyncDeadline(group, now),
        };
    }

    public bool TryRecover(CoordinatorMoment now)
    {
        _meter.EndHold();
        if (_touched is not { } groupId)
        {
            return false;
        }

        if (!_groups.TryGetValue(groupId, out var group))
        {
            return true;
        }

        // Offsets change only when records are applied; members and what they wait for are what may be half done.
        foreach (var member in group.Members.ToArray())
        {
            _rebalance.RespondJoin(group, member, ErrorCode.NotCoordinator);
            _rebalance.RespondSync(group, member, ErrorCode.NotCoordinator);
        }

        Forget(groupId);
        group = group.Stored is { } stored ? StoredGroup.Restore(groupId, stored) : new ClassicGroup(groupId, group.SinceMs);
        Keep(group);
        foreach (var member in group.Members)
        {
            _rebalance.Touch(group, member, now);
        }

        return true;
    }

    public void Dispose() => _meter.Dispose();

    public void ApplyMarker(long producerId, bool commit) => _offsets.End(producerId, commit);

    public void Apply(long offset, long producerId, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value)
    {
        if (key is not { } bytes)
        {
            throw new InvalidDataException($"the record at offset {offset} has no key");
        }

        try
        {
            var reader = new WireReader(bytes);
            var type = reader.ReadInt16();
            if (type is GroupRecords.OffsetType or GroupRecords.LegacyOffsetType)
            {
                var read = GroupRecords.ReadOffsetKey(ref reader);
                ApplyOffset(producerId, read, value is { } committed ? GroupRecords.ReadOffset(committed, offset) : null);
            }
            else if (type == GroupRecords.ClassicGroupType)
            {
                ApplyGroup(reader.ReadString(flexible: false), value is { } stored ? GroupRecords.ReadGroup(stored) : null);
            }
            else if (ForeignGroup.TypeOf(type) is { } kind)
            {
                ApplyForeign(kind, type, reader.ReadString(flexible: false), bytes, value);
            }

            // A type nobody knows is of a later version: its record stays in the log, and nothing here depends on it.
        }
        catch (Exception e) when (e is WireFormatException or InvalidDataException)
        {
            throw new InvalidDataException($"the record at offset {offset} cannot be read: {e.Message}", e);
        }
    }

    private void ApplyOffset(long producerId, OffsetCommitKey key, CommittedOffset? offset)
    {
        _offsets.Apply(producerId, key.group, new TopicPartition(key.topic, key.partition), offset);
        if (offset is { } committed && !_groups.ContainsKey(key.group) && !_foreign.ContainsKey(key.group))
        {
            // A group that only keeps offsets has no record of its own.
            Keep(new ClassicGroup(key.group, committed.CommitMs));
        }
    }

    private void ApplyGroup(string groupId, GroupMetadataValue? value)
    {
        if (value is null)
        {
            if (Forget(groupId) && _loaded)
            {
                GroupEvents.Deleted(_logger, groupId);
            }

            return;
        }

        _foreign.Remove(groupId);
        if (_loaded && _groups.TryGetValue(groupId, out var group))
        {
            // The living group is already where its record says, or gets there in the step that wrote it.
            group.Stored = value;
        }
        else
        {
            Forget(groupId);
            Keep(StoredGroup.Restore(groupId, value));
        }
    }

    private void ApplyForeign(ForeignGroupType kind, short type, string groupId, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
    {
        if (!_foreign.TryGetValue(groupId, out var group) || group.Type != kind)
        {
            if (value is null)
            {
                // Compaction may drop a record and keep its tombstone for a while.
                return;
            }

            Forget(groupId);
            _foreign[groupId] = group = new ForeignGroup(groupId, kind);
        }

        group.Apply(type, key, value);
        if (group.IsGone)
        {
            _foreign.Remove(groupId);
        }
    }

    /// <summary>Gives back with an operation's last step what was taken ahead for it.</summary>
    private CoordinatorStep Held(CoordinatorStep step)
    {
        if (step is { Then: null, Records: null or { Count: 0 } })
        {
            _meter.EndHold();
            return step;
        }

        var then = step.Then;
        return step with { Then = error => Held(then?.Invoke(error) ?? CoordinatorStep.Done) };
    }

    private void Keep(ClassicGroup group)
    {
        _groups.Add(group.Id, group);
        group.CountIn(_meter);
        if (!_loaded)
        {
            _meter.CheckLoading();
        }
    }

    /// <summary>Groups that hold ids which nobody came back with make room for those who come. Looked for once a second at most: it costs a walk over all groups.</summary>
    private CoordinatorStep LetGoUnused(CoordinatorMoment now)
    {
        if (now.TicksMs - _lookedForUnusedMs < LookForUnusedEveryMs)
        {
            return CoordinatorStep.Done;
        }

        _lookedForUnusedMs = now.TicksMs;
        return new CoordinatorStep(
            [.. _groups.Values.Where(g => g.IsUnused && now.UtcMs - g.SinceMs >= UnusedAfterMs && _offsets.Of(g.Id).Count == 0 && !_offsets.HasPending(g.Id))
                .Select(g => GroupRecords.GroupTombstone(g.Id))],
            IsDivisible: true);
    }

    private bool Forget(string groupId)
    {
        if (!_groups.Remove(groupId, out var group))
        {
            return false;
        }

        _timers.Cancel(new GroupTimer(GroupTimerKind.Join, groupId));
        _timers.Cancel(new GroupTimer(GroupTimerKind.Sync, groupId));
        foreach (var member in group.Members.ToArray())
        {
            _rebalance.Drop(group, member);
        }

        foreach (var memberId in group.PendingIds)
        {
            _timers.Cancel(new GroupTimer(GroupTimerKind.Session, groupId, memberId));
        }

        group.CountIn(null);
        return true;
    }
}
