using System.Text;
using Ouzel.Broker.Coordination;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Groups;

/// <summary>Offsets: committing, reading, forgetting, and their end by age.</summary>
internal sealed partial class GroupShard
{
    /// <summary>From here on a commit into an unknown group is told so; older clients know only ILLEGAL_GENERATION.</summary>
    private const short GroupIdNotFoundVersion = 9;

    /// <summary>An offset in the response to OffsetFetch, beside its texts: what was found, its object, its place in lists, lengths.</summary>
    private const int FetchedOffsetBytes = 224;

    // Groups whose offsets are still to be looked at in the present round of retention, one at a time.
    private readonly Queue<string> _aging = new();

    /// <summary>Stores offsets of partitions that exist.</summary>
    public CoordinatorStep Commit(
        OffsetCommitRequest request, GroupRequestContext context, IReadOnlyList<OffsetToCommit> offsets, OffsetCommitResponse response,
        CoordinatorMoment now, Reply<OffsetCommitResponse> reply) => Held(CommitHeld(request, context, offsets, response, now, reply));

    private CoordinatorStep CommitHeld(
        OffsetCommitRequest request, GroupRequestContext context, IReadOnlyList<OffsetToCommit> offsets, OffsetCommitResponse response,
        CoordinatorMoment now, Reply<OffsetCommitResponse> reply)
    {
        _touched = request.GroupId;
        var error = CheckCommit(request, context.Version);
        if (error != ErrorCode.None)
        {
            return RespondAll(error);
        }

        if (_groups.TryGetValue(request.GroupId, out var group) && group.Member(request.MemberId) is { } member)
        {
            // Whoever commits lives.
            _rebalance.Touch(group, member, now);
        }

        if (!_meter.TryHold(Growth(request, offsets)))
        {
            return RespondAll(ErrorCode.CoordinatorNotAvailable);
        }

        var records = new List<CoordinatorRecord>(offsets.Count);
        var accepted = new List<OffsetToCommit>(offsets.Count);
        foreach (var offset in offsets)
        {
            if (Encoding.UTF8.GetByteCount(offset.Said.CommittedMetadata ?? "") > _options.OffsetMetadataMaxBytes)
            {
                offset.Result.ErrorCode = ErrorCode.OffsetMetadataTooLarge;
                continue;
            }

            accepted.Add(offset);
            records.Add(GroupRecords.Offset(request.GroupId, offset.Partition, Committed(request, offset, now)));
        }

        return new CoordinatorStep(records, appended =>
        {
            foreach (var offset in accepted)
            {
                offset.Result.ErrorCode = appended == ErrorCode.UnknownServerError ? ErrorCode.InvalidCommitOffsetSize : appended;
            }

            reply.Set(response);
            return CoordinatorStep.Done;
        }, IsDivisible: true);

        CoordinatorStep RespondAll(ErrorCode why)
        {
            foreach (var offset in offsets)
            {
                offset.Result.ErrorCode = why;
            }

            reply.Set(response);
            return CoordinatorStep.Done;
        }
    }

    /// <summary>Reads a group's offsets. An unknown group has none, which is no error.</summary>
    public OffsetResult Fetch(OffsetQuery query)
    {
        _touched = query.GroupId;
        var error = CheckFetch(query);
        if (error != ErrorCode.None)
        {
            return OffsetResult.Failed(error);
        }

        var committed = _offsets.Of(query.GroupId);
        var found = new List<OffsetFound>();
        IEnumerable<TopicPartition> asked = query.Partitions ?? [.. committed.Keys.Order(TopicPartitionOrder.Instance)];
        foreach (var partition in asked)
        {
            var unstable = query.RequireStable && _offsets.IsPending(query.GroupId, partition);
            CommittedOffset? offset = !unstable && committed.TryGetValue(partition, out var stored) ? stored : null;
            found.Add(new OffsetFound(partition, offset, unstable ? ErrorCode.UnstableOffsetCommit : ErrorCode.None));
        }

        return new OffsetResult(ErrorCode.None, found);
    }

    /// <summary>About what <see cref="Fetch"/> and the response made of it take, encoding included.</summary>
    public long FetchedBytes(OffsetQuery query)
    {
        long bytes = 0;
        var committed = _offsets.Of(query.GroupId);
        foreach (var partition in query.Partitions ?? committed.Keys)
        {
            bytes += FetchedOffsetBytes + partition.Topic.Length + (committed.TryGetValue(partition, out var offset) ? offset.Metadata.Length : 0);
        }

        return bytes;
    }

    /// <summary>Forgets offsets of partitions that exist. In a living group only those of topics nobody reads.</summary>
    public CoordinatorStep DeleteOffsets(
        string groupId, IReadOnlyList<OffsetToDelete> offsets, OffsetDeleteResponse response, Reply<OffsetDeleteResponse> reply)
    {
        _touched = groupId;
        var error = CheckDeleteOffsets(groupId);
        if (error != ErrorCode.None)
        {
            reply.SetError(error);
            return CoordinatorStep.Done;
        }

        var records = new List<CoordinatorRecord>();
        var accepted = new List<OffsetToDelete>();
        foreach (var offset in offsets)
        {
            if (IsSubscribed(groupId, offset.Partition.Topic))
            {
                offset.Result.ErrorCode = ErrorCode.GroupSubscribedToTopic;
                continue;
            }

            accepted.Add(offset);
            if (_offsets.Of(groupId).ContainsKey(offset.Partition))
            {
                records.Add(GroupRecords.OffsetTombstone(groupId, offset.Partition));
            }
        }

        return new CoordinatorStep(records, appended =>
        {
            foreach (var offset in accepted)
            {
                offset.Result.ErrorCode = appended;
            }

            reply.Set(response);
            return CoordinatorStep.Done;
        }, IsDivisible: true);
    }

    /// <summary>Deletes a group without members, and its offsets with it.</summary>
    public CoordinatorStep DeleteGroup(string groupId, Reply<ErrorCode> reply)
    {
        _touched = groupId;
        var error = CheckDeleteGroup(groupId);
        if (error != ErrorCode.None)
        {
            reply.Set(error);
            return CoordinatorStep.Done;
        }

        var records = OffsetTombstones(groupId, _ => true);
        if (_foreign.TryGetValue(groupId, out var foreign))
        {
            records.AddRange(foreign.Keys().Select(k => new CoordinatorRecord(k, null)));
        }
        else
        {
            records.Add(GroupRecords.GroupTombstone(groupId));
        }

        return new CoordinatorStep(records, appended =>
        {
            reply.Set(appended);
            return CoordinatorStep.Done;
        }, IsDivisible: true);
    }

    /// <summary>Topics are gone, and what was committed for them goes too: a new topic of the same name begins without offsets.</summary>
    public CoordinatorStep OnTopicsDeleted(IReadOnlySet<string> topics)
    {
        _touched = null;
        return new CoordinatorStep(
            [.. _offsets.Groups.Order(StringComparer.Ordinal).SelectMany(g => OffsetTombstones(g, p => topics.Contains(p.Topic)))], IsDivisible: true);
    }

    /// <summary>Begins a round: each group has its own step, so that a fault in one keeps no other from it.</summary>
    private void BeginAging()
    {
        _aging.Clear();
        foreach (var groupId in _groups.Keys)
        {
            _aging.Enqueue(groupId);
        }
    }

    /// <summary>A group's offsets, and the group itself, past their time (KIP-211).</summary>
    private CoordinatorStep Age(string groupId, CoordinatorMoment now)
    {
        _touched = groupId;
        if (!_groups.TryGetValue(groupId, out var group))
        {
            return CoordinatorStep.Done;
        }

        var records = OffsetTombstones(groupId, p => IsExpired(group, p, now));
        if (records.Count > 0)
        {
            GroupEvents.OffsetsExpired(_logger, groupId, records.Count);
        }

        var nothingLeft = records.Count == _offsets.Of(groupId).Count && !_offsets.HasPending(groupId);
        if (nothingLeft && group.State == ClassicGroupState.Empty && group.PendingIds.Count == 0)
        {
            records.Add(GroupRecords.GroupTombstone(groupId));
        }

        return new CoordinatorStep(records, IsDivisible: true);
    }

    /// <summary>
    /// After a stop that was not clean, a commit may be there and the records it counts gone: they were read before they were synced. What is written at these offsets
    /// from then on would never reach the group, so that it goes on from where the log ends now.
    /// </summary>
    private CoordinatorStep PullBack()
    {
        if (_recovered is not { } recovered)
        {
            return CoordinatorStep.Done;
        }

        var records = new List<CoordinatorRecord>();
        foreach (var groupId in _offsets.Groups.Order(StringComparer.Ordinal))
        {
            foreach (var (partition, offset) in _offsets.Of(groupId))
            {
                // Only what was committed before that stop: later a client may say what it likes.
                if (offset.RecordOffset < recovered.OwnEnd && recovered.EndOf(partition) is { } end && offset.Offset > end)
                {
                    GroupEvents.PulledBack(_logger, groupId, partition, offset.Offset, end);
                    records.Add(GroupRecords.Offset(groupId, partition, offset with { Offset = end }));
                }
            }
        }

        return new CoordinatorStep(records, IsDivisible: true);
    }

    /// <summary>The bytes that a commit adds to what its group keeps already.</summary>
    private long Growth(OffsetCommitRequest request, IReadOnlyList<OffsetToCommit> offsets)
    {
        var committed = _offsets.Of(request.GroupId);
        long bytes = _groups.ContainsKey(request.GroupId) ? 0 : GroupMemory.GroupBytes;
        foreach (var offset in offsets)
        {
            var before = committed.TryGetValue(offset.Partition, out var present) ? OffsetStore.BytesOf(offset.Partition, present) : 0;
            bytes += GroupMemory.OffsetBytes + GroupMemory.BytesOf(offset.Partition.Topic) + GroupMemory.BytesOf(offset.Said.CommittedMetadata ?? "") - before;
        }

        return bytes;
    }

    private bool IsExpired(ClassicGroup group, TopicPartition partition, CoordinatorMoment now)
    {
        var offset = _offsets.Of(group.Id)[partition];
        if (_offsets.IsPending(group.Id, partition))
        {
            return false;
        }

        // Time runs from when the group emptied, or from the commit where there never were members; in a living group only for what nobody reads.
        long sinceMs;
        if (group.State == ClassicGroupState.Empty)
        {
            sinceMs = group is { ProtocolType: not null, SinceMs: >= 0 } ? Math.Max(group.SinceMs, offset.CommitMs) : offset.CommitMs;
        }
        else if (group.State == ClassicGroupState.Stable && group.SubscribedTopics is { } subscribed && !subscribed.Contains(partition.Topic))
        {
            sinceMs = offset.CommitMs;
        }
        else
        {
            return false;
        }

        return offset.ExpireMs is { } expireMs ? now.UtcMs >= expireMs : now.UtcMs - sinceMs >= _options.OffsetsRetentionMinutes * 60_000L;
    }

    private List<CoordinatorRecord> OffsetTombstones(string groupId, Func<TopicPartition, bool> which) =>
        [.. _offsets.Of(groupId).Keys.Where(which).Order(TopicPartitionOrder.Instance).Select(p => GroupRecords.OffsetTombstone(groupId, p))];

    private static CommittedOffset Committed(OffsetCommitRequest request, OffsetToCommit offset, CoordinatorMoment now)
    {
        // Version 1 may say when, versions 2 to 4 for how long.
        var commitMs = offset.Said.CommitTimestamp == -1 ? now.UtcMs : offset.Said.CommitTimestamp;
        return new CommittedOffset(
            offset.Said.CommittedOffset, offset.Said.CommittedLeaderEpoch, offset.Said.CommittedMetadata ?? "", commitMs,
            request.RetentionTimeMs == -1 ? null : now.UtcMs + request.RetentionTimeMs, offset.TopicId);
    }

    private ErrorCode CheckCommit(OffsetCommitRequest request, short version)
    {
        var generation = request.GenerationIdOrMemberEpoch;
        if (_foreign.TryGetValue(request.GroupId, out var foreign))
        {
            return CheckForeignCommit(foreign, request, version);
        }

        if (!_groups.TryGetValue(request.GroupId, out var group))
        {
            return generation < 0 ? ErrorCode.None
                : version >= GroupIdNotFoundVersion ? ErrorCode.GroupIdNotFound
                : ErrorCode.IllegalGeneration;
        }

        if (generation < 0 && group.State == ClassicGroupState.Empty)
        {
            // A consumer that places itself, or an administrator: whatever else the request says (KAFKA-14201).
            return ErrorCode.None;
        }

        if (generation < 0 && request is { MemberId: "", GroupInstanceId: null })
        {
            return ErrorCode.UnknownMemberId;
        }

        var error = ClassicProtocol.CheckMember(group, request.MemberId, request.GroupInstanceId);
        return error != ErrorCode.None ? error
            : generation != group.Generation ? ErrorCode.IllegalGeneration
            : group.State == ClassicGroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress
            : ErrorCode.None;
    }

    /// <summary>Groups of other kinds keep offsets too, but their members cannot prove themselves to this node beyond their stored epoch.</summary>
    private static ErrorCode CheckForeignCommit(ForeignGroup group, OffsetCommitRequest request, short version)
    {
        if (group.Type == ForeignGroupType.Share)
        {
            return version >= GroupIdNotFoundVersion ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration;
        }

        if (request.GenerationIdOrMemberEpoch < 0 && !group.HasMembers)
        {
            return ErrorCode.None;
        }

        return group.MemberEpoch(request.MemberId) is not { } epoch ? ErrorCode.UnknownMemberId
            : version < GroupIdNotFoundVersion ? ErrorCode.UnsupportedVersion
            : request.GenerationIdOrMemberEpoch == epoch ? ErrorCode.None
            : ErrorCode.StaleMemberEpoch;
    }

    private ErrorCode CheckFetch(OffsetQuery query)
    {
        if (query.MemberId is null || query.MemberEpoch < 0 || !_foreign.TryGetValue(query.GroupId, out var group))
        {
            return ErrorCode.None;
        }

        return group.MemberEpoch(query.MemberId) is not { } epoch ? ErrorCode.UnknownMemberId
            : epoch == query.MemberEpoch ? ErrorCode.None
            : ErrorCode.StaleMemberEpoch;
    }

    private ErrorCode CheckDeleteOffsets(string groupId)
    {
        if (groupId.Length == 0)
        {
            return ErrorCode.InvalidGroupId;
        }

        if (_foreign.TryGetValue(groupId, out var foreign))
        {
            return foreign.Type == ForeignGroupType.Share ? ErrorCode.GroupIdNotFound : ErrorCode.None;
        }

        return !_groups.TryGetValue(groupId, out var group) ? ErrorCode.GroupIdNotFound
            : group.State != ClassicGroupState.Empty && group.ProtocolType != Subscription.ConsumerProtocolType ? ErrorCode.NonEmptyGroup
            : ErrorCode.None;
    }

    /// <summary>True when a living group may be reading the topic. Where that cannot be known, it may.</summary>
    private bool IsSubscribed(string groupId, string topic) =>
        _groups.TryGetValue(groupId, out var group)
            ? group.State != ClassicGroupState.Empty && group.SubscribedTopics?.Contains(topic) != false
            : _foreign.TryGetValue(groupId, out var foreign) && foreign.HasMembers;

    private ErrorCode CheckDeleteGroup(string groupId)
    {
        if (_foreign.TryGetValue(groupId, out var foreign))
        {
            // Share and streams groups have state elsewhere that this node cannot take down with them.
            return foreign.HasMembers ? ErrorCode.NonEmptyGroup
                : foreign.Type == ForeignGroupType.Consumer ? ErrorCode.None
                : ErrorCode.UnsupportedVersion;
        }

        return !_groups.TryGetValue(groupId, out var group) ? ErrorCode.GroupIdNotFound
            : group.State == ClassicGroupState.Empty ? ErrorCode.None
            : ErrorCode.NonEmptyGroup;
    }
}
