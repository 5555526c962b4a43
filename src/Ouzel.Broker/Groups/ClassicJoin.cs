using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>A request to join, its bytes copied out of the frame.</summary>
internal sealed class Joining(JoinGroupRequest request, GroupRequestContext context, Reply<JoinGroupResponse> reply)
{
    /// <summary>KIP-394: from here on a dynamic newcomer must come back with the id it is given.</summary>
    private const short MemberIdRequiredVersion = 4;
    private const short SkipAssignmentVersion = 9;

    public string MemberId => request.MemberId;

    public string? InstanceId => request.GroupInstanceId;

    public string ProtocolType => request.ProtocolType;

    public int SessionTimeoutMs => request.SessionTimeoutMs;

    /// <summary>Version 0 knows one time-out for both.</summary>
    public int RebalanceTimeoutMs { get; } = request.RebalanceTimeoutMs < 0 ? request.SessionTimeoutMs : request.RebalanceTimeoutMs;

    public IReadOnlyList<MemberProtocol> Protocols { get; } = [.. request.Protocols.Select(p => new MemberProtocol(p.Name, p.Metadata.ToArray()))];

    /// <summary>The memory that the member would take, by estimate.</summary>
    public long Bytes => GroupMemory.MemberBytes + Protocols.Sum(p => p.Bytes);

    public string ClientId => context.ClientId;

    /// <summary>KIP-800: why it joins, in the client's words.</summary>
    public string? Reason => string.IsNullOrEmpty(request.Reason) ? null : request.Reason;

    public string ClientHost => context.ClientHost;

    public bool MustReturnWithId => context.Version >= MemberIdRequiredVersion;

    public bool MaySkipAssignment => context.Version >= SkipAssignmentVersion;

    public WaitingJoin Waiting => new(reply, context.Version);

    public void Respond(JoinGroupResponse response) => reply.Set(response);

    public CoordinatorStep Refuse(ErrorCode error, string? memberId = null)
    {
        reply.Set(ClassicResponses.JoinError(error, memberId ?? MemberId, context.Version));
        return CoordinatorStep.Done;
    }
}

/// <summary>Joining a classic group: newcomers, members that come back, static members that take their own place again.</summary>
/// <param name="options">Sizes and times.</param>
/// <param name="rebalance">The rules of rebalances.</param>
/// <param name="timers">The shard's deadlines.</param>
/// <param name="newUuid">Makes the random part of a member id, as text.</param>
/// <param name="meter">Whether there is room for what a member says of itself.</param>
/// <param name="log">Who came.</param>
internal sealed class ClassicJoin(
    GroupOptions options, ClassicRebalance rebalance, Deadlines<GroupTimer> timers, Func<string> newUuid, GroupMeter meter, ILogger log)
{
    /// <summary>
    /// The longest that a new member may wait for its first rebalance: it cannot heartbeat while its join waits. Same as Kafka's fixed five minutes.
    /// </summary>
    private const int NewMemberTimeoutMs = 300_000;

    public CoordinatorStep Join(ClassicGroup group, Joining joining, CoordinatorMoment now)
    {
        if (IsFull(group, joining))
        {
            return RefuseFull(group, joining, now);
        }

        if (!group.Accepts(joining.ProtocolType, joining.Protocols))
        {
            return joining.Refuse(ErrorCode.InconsistentGroupProtocol);
        }

        // Kept twice: for the leader, and in the group's record.
        var before = group.Member(joining.MemberId)?.Bytes ?? 0;
        if (!meter.TryHold(2 * (joining.Bytes - before)))
        {
            return joining.Refuse(ErrorCode.CoordinatorNotAvailable);
        }

        return joining.MemberId.Length == 0 ? JoinNew(group, joining, now) : JoinKnown(group, joining, now);
    }

    private CoordinatorStep JoinNew(ClassicGroup group, Joining joining, CoordinatorMoment now)
    {
        var memberId = $"{joining.InstanceId ?? joining.ClientId}-{newUuid()}";
        if (joining.InstanceId is { } instanceId)
        {
            return group.StaticMemberId(instanceId) is { } present
                ? TakePlace(group, group.Member(present)!, memberId, joining, now)
                : Add(group, memberId, joining, now);
        }

        if (!joining.MustReturnWithId)
        {
            return Add(group, memberId, joining, now);
        }

        group.AddPendingId(memberId);
        timers.Set(new GroupTimer(GroupTimerKind.Session, group.Id, memberId), now.TicksMs + joining.SessionTimeoutMs);
        return joining.Refuse(ErrorCode.MemberIdRequired, memberId);
    }

    private CoordinatorStep JoinKnown(ClassicGroup group, Joining joining, CoordinatorMoment now)
    {
        if (joining.InstanceId is null && group.PendingIds.Contains(joining.MemberId))
        {
            return Add(group, joining.MemberId, joining, now);
        }

        var error = ClassicProtocol.CheckMember(group, joining.MemberId, joining.InstanceId);
        if (error != ErrorCode.None)
        {
            return joining.Refuse(error);
        }

        var member = group.Member(joining.MemberId)!;
        var nothingNew = group.State switch
        {
            // It may have missed the response; the generation has begun.
            ClassicGroupState.CompletingRebalance => member.Matches(joining.Protocols),

            // A leader that joins again wants a new plan.
            ClassicGroupState.Stable => !group.IsLeader(member.Id) && member.Matches(joining.Protocols),
            _ => false,
        };
        if (nothingNew)
        {
            rebalance.Touch(group, member, now);
            joining.Respond(ClassicResponses.Join(group, member));
            return CoordinatorStep.Done;
        }

        return Update(group, member, joining, now);
    }

    private CoordinatorStep Add(ClassicGroup group, string memberId, Joining joining, CoordinatorMoment now)
    {
        var member = NewMember(memberId, joining);
        member.IsNew = true;
        member.Join = joining.Waiting;
        if (group.MemberCount == 0)
        {
            group.ProtocolType = joining.ProtocolType;
            group.LeaderId = null;
        }

        group.Add(member);
        group.NewMemberInDelay |= group.DelayLeftMs is not null;
        timers.Set(new GroupTimer(GroupTimerKind.Session, group.Id, memberId), now.TicksMs + NewMemberTimeoutMs);
        GroupEvents.Joins(log, group.Id, memberId, joining.ClientId, joining.ClientHost);
        return rebalance.Rebalance(group, now, joining.Reason ?? "a member joined");
    }

    private CoordinatorStep Update(ClassicGroup group, ClassicMember member, Joining joining, CoordinatorMoment now)
    {
        // A client that sent its join again elsewhere: the first one has nobody to read it.
        rebalance.RespondJoin(group, member, ErrorCode.RebalanceInProgress);
        var why = joining.Reason
            ?? (member.Matches(joining.Protocols) ? $"member {member.Id} joined again" : $"what member {member.Id} says of itself has changed");
        group.SetProtocols(member, joining.Protocols);
        member.SessionTimeoutMs = joining.SessionTimeoutMs;
        member.RebalanceTimeoutMs = joining.RebalanceTimeoutMs;
        group.SetJoin(member, joining.Waiting);
        return rebalance.Rebalance(group, now, why);
    }

    /// <summary>A static member that starts again gets a new id and its old place; who held the old id is fenced (KIP-345, KAFKA-8500).</summary>
    private CoordinatorStep TakePlace(ClassicGroup group, ClassicMember old, string memberId, Joining joining, CoordinatorMoment now)
    {
        var member = NewMember(memberId, joining);
        member.Assignment = old.Assignment;
        if (group.State == ClassicGroupState.Stable && ChosenWith(group, old, joining.Protocols) == group.Protocol)
        {
            return TakePlaceQuietly(group, old, member, joining, now);
        }

        member.Join = joining.Waiting;
        Replace(group, old, member, now);

        // Also before the plan: the leader was told the old id, so the new one would come out empty-handed (KAFKA-9801).
        return rebalance.Rebalance(group, now, joining.Reason ?? $"static member {joining.InstanceId} came back");
    }

    /// <summary>Nobody else needs to notice. The new id is stored first, so that it survives a change of coordinator (KAFKA-10284).</summary>
    private CoordinatorStep TakePlaceQuietly(ClassicGroup group, ClassicMember old, ClassicMember member, Joining joining, CoordinatorMoment now)
    {
        var leaderBefore = group.LeaderId ?? "";
        var stored = ClassicResponses.Stored(group, m => m == old ? member : m, m => m.Assignment);
        return new CoordinatorStep([GroupRecords.Group(group.Id, stored)], error =>
        {
            if (error != ErrorCode.None)
            {
                return joining.Refuse(error, "");
            }

            Replace(group, old, member, now);
            var response = ClassicResponses.Join(group, member, joining.MaySkipAssignment);
            if (joining.MaySkipAssignment)
            {
                response.SkipAssignment = group.IsLeader(member.Id);
            }
            else
            {
                // An old client that reads its own id as the leader's would make a plan nobody asked for.
                response.Leader = leaderBefore;
            }

            joining.Respond(response);
            return CoordinatorStep.Done;
        });
    }

    private void Replace(ClassicGroup group, ClassicMember old, ClassicMember member, CoordinatorMoment now)
    {
        GroupEvents.TakesPlace(log, group.Id, member.Id, member.InstanceId ?? "", old.Id);
        rebalance.RespondJoin(group, old, ErrorCode.FencedInstanceId);
        rebalance.RespondSync(group, old, ErrorCode.FencedInstanceId);
        timers.Cancel(new GroupTimer(GroupTimerKind.Session, group.Id, old.Id));
        group.Replace(old, member);
        rebalance.Touch(group, member, now);
    }

    /// <summary>Finds the protocol that the group would choose if a member spoke these.</summary>
    private static string ChosenWith(ClassicGroup group, ClassicMember member, IReadOnlyList<MemberProtocol> protocols)
    {
        var own = member.Protocols;
        group.SetProtocols(member, protocols);
        var chosen = group.ChooseProtocol();
        group.SetProtocols(member, own);
        return chosen;
    }

    private bool IsFull(ClassicGroup group, Joining joining)
    {
        var memberId = joining is { MemberId: "", InstanceId: { } instanceId } ? group.StaticMemberId(instanceId) ?? "" : joining.MemberId;
        var member = group.Member(memberId);
        return group.State switch
        {
            ClassicGroupState.Empty => false,

            // Whoever comes back first is in; a group that was made smaller shrinks here.
            ClassicGroupState.PreparingRebalance => member?.Join is null && group.JoinedCount >= options.MaxSize,
            _ => member is null && group.MemberCount >= options.MaxSize,
        };
    }

    private CoordinatorStep RefuseFull(ClassicGroup group, Joining joining, CoordinatorMoment now)
    {
        joining.Refuse(ErrorCode.GroupMaxSizeReached, "");
        var gone = group.RemovePendingId(joining.MemberId);
        if (group.Member(joining.MemberId) is { } member)
        {
            rebalance.Evict(group, member, $"the group is full, group.max.size={options.MaxSize}");
            gone = true;
        }

        return gone ? rebalance.TryComplete(group, now) : CoordinatorStep.Done;
    }

    private static ClassicMember NewMember(string memberId, Joining joining) => new(memberId, joining.InstanceId, joining.ClientId, joining.ClientHost)
    {
        SessionTimeoutMs = joining.SessionTimeoutMs,
        RebalanceTimeoutMs = joining.RebalanceTimeoutMs,
        Protocols = joining.Protocols,
    };
}
