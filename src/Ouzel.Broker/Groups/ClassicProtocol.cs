using Microsoft.Extensions.Logging;
using Ouzel.Broker.Coordination;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>The requests of a classic group's member once it is in: its part, its session, its leave. Joining is in <see cref="ClassicJoin"/>.</summary>
internal sealed class ClassicProtocol(ClassicRebalance rebalance, Deadlines<GroupTimer> timers, GroupMeter meter, ILogger log)
{
    /// <summary>Hands a member its part; the leader brings everybody's.</summary>
    public CoordinatorStep Sync(ClassicGroup group, SyncGroupRequest request, CoordinatorMoment now, Reply<SyncGroupResponse> reply)
    {
        var error = CheckSync(group, request);
        if (error != ErrorCode.None)
        {
            reply.Set(ClassicResponses.SyncError(error));
            return CoordinatorStep.Done;
        }

        var member = group.Member(request.MemberId)!;
        if (group.State != ClassicGroupState.Stable && group.IsLeader(member.Id) && !meter.TryHold(request.Assignments.Sum(a => 2L * a.Assignment.Length)))
        {
            // The leader looks for its coordinator, and tries once more.
            reply.Set(ClassicResponses.SyncError(ErrorCode.CoordinatorNotAvailable));
            return CoordinatorStep.Done;
        }

        group.PendingSyncs.Remove(member.Id);
        if (group.State == ClassicGroupState.Stable)
        {
            rebalance.Touch(group, member, now);
            reply.Set(ClassicResponses.Sync(group, member));
            return CoordinatorStep.Done;
        }

        // A client that sent its sync again elsewhere: the first one has nobody to read it.
        rebalance.RespondSync(group, member, ErrorCode.RebalanceInProgress);
        member.Sync = reply;
        return group.IsLeader(member.Id) ? TakePlan(group, request, now) : CoordinatorStep.Done;
    }

    public CoordinatorStep Heartbeat(ClassicGroup group, HeartbeatRequest request, CoordinatorMoment now, Reply<HeartbeatResponse> reply)
    {
        var error = CheckMember(group, request.MemberId, request.GroupInstanceId);
        if (error == ErrorCode.None && request.GenerationId != group.Generation)
        {
            error = ErrorCode.IllegalGeneration;
        }

        if (error == ErrorCode.None)
        {
            rebalance.Touch(group, group.Member(request.MemberId)!, now);
            error = group.State == ClassicGroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }

        reply.SetError(error);
        return CoordinatorStep.Done;
    }

    /// <summary>Removes members, each with its own answer in the order asked, then goes on once.</summary>
    public CoordinatorStep Leave(ClassicGroup group, LeaveGroupRequest request, CoordinatorMoment now, Reply<LeaveGroupResponse> reply)
    {
        var response = new LeaveGroupResponse();
        var left = false;
        foreach (var leaver in request.Members)
        {
            var error = LeaveOne(group, leaver);
            left |= error == ErrorCode.None;
            response.Members.Add(new LeaveGroupResponse.MemberResponse
            {
                MemberId = leaver.MemberId,
                GroupInstanceId = leaver.GroupInstanceId,
                ErrorCode = error,
            });
        }

        // An id given back counts as a leave too: the group looks around once more, as Kafka's does.
        var step = left ? rebalance.AfterDrop(group, now, "a member left") : CoordinatorStep.Done;
        return step.Before(error =>
        {
            if (error == ErrorCode.None)
            {
                reply.Set(response);
            }
            else
            {
                reply.SetError(error);
            }
        });
    }

    /// <summary>Tells whether a request may speak for a member. A known instance id with another member id is fenced before anything else (KIP-345).</summary>
    public static ErrorCode CheckMember(ClassicGroup group, string memberId, string? instanceId)
    {
        if (instanceId is null)
        {
            return group.Member(memberId) is null ? ErrorCode.UnknownMemberId : ErrorCode.None;
        }

        return group.StaticMemberId(instanceId) is not { } present ? ErrorCode.UnknownMemberId
            : present != memberId ? ErrorCode.FencedInstanceId
            : ErrorCode.None;
    }

    private static ErrorCode CheckSync(ClassicGroup group, SyncGroupRequest request)
    {
        var error = CheckMember(group, request.MemberId, request.GroupInstanceId);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (request.GenerationId != group.Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        if (Differs(request.ProtocolType, group.ProtocolType) || Differs(request.ProtocolName, group.Protocol))
        {
            return ErrorCode.InconsistentGroupProtocol;
        }

        return group.State == ClassicGroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private static bool Differs(string? said, string? own) => said is not null && own is not null && said != own;

    /// <summary>Stores the leader's plan; when it is stored, everyone who waits gets its part. A member the leader forgot gets none, a stranger's part is ignored.</summary>
    private CoordinatorStep TakePlan(ClassicGroup group, SyncGroupRequest request, CoordinatorMoment now)
    {
        var plan = new Dictionary<string, byte[]>();
        foreach (var part in request.Assignments)
        {
            plan[part.MemberId] = part.Assignment.ToArray();
        }

        var stored = ClassicResponses.Stored(group, m => m, m => plan.GetValueOrDefault(m.Id, []));
        return new CoordinatorStep([GroupRecords.Group(group.Id, stored)], error =>
        {
            if (error != ErrorCode.None)
            {
                rebalance.FailSyncs(group, error, now);
                return rebalance.Prepare(group, now, $"the plan could not be stored ({error})");
            }

            group.Become(ClassicGroupState.Stable, now.UtcMs);
            GroupEvents.Stable(log, group.Id, group.Generation, group.MemberCount);
            foreach (var member in group.Members)
            {
                group.SetAssignment(member, plan.GetValueOrDefault(member.Id, []));
                if (member.Sync is not null)
                {
                    rebalance.RespondSync(group, member, ErrorCode.None);
                    rebalance.Touch(group, member, now);
                }
            }

            return CoordinatorStep.Done;
        });
    }

    private ErrorCode LeaveOne(ClassicGroup group, LeaveGroupRequest.MemberIdentity leaver)
    {
        // Whatever instance goes with it: an id that was handed out belongs to none.
        if (leaver.MemberId.Length > 0 && group.PendingIds.Contains(leaver.MemberId))
        {
            group.RemovePendingId(leaver.MemberId);
            timers.Cancel(new GroupTimer(GroupTimerKind.Session, group.Id, leaver.MemberId));
            return ErrorCode.None;
        }

        // An administrator names a static member by its instance alone.
        var memberId = leaver.MemberId.Length == 0 && leaver.GroupInstanceId is { } instanceId
            ? group.StaticMemberId(instanceId) ?? ""
            : leaver.MemberId;
        var error = CheckMember(group, memberId, leaver.GroupInstanceId);
        if (error == ErrorCode.None)
        {
            GroupEvents.Leaves(log, group.Id, memberId, leaver.Reason ?? "no reason given");
            rebalance.Drop(group, group.Member(memberId)!);
        }

        return error;
    }
}
