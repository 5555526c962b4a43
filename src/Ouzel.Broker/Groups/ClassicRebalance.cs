using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Protocol;

namespace Ouzel.Broker.Groups;

/// <summary>
/// The rules by which a classic group goes from one generation to the next. Requests are in <see cref="ClassicProtocol"/>; here are the steps they have in common:
/// prepare (wait for joins), complete (a new generation), and what happens when members or deadlines go.
/// </summary>
internal sealed class ClassicRebalance(GroupOptions options, Deadlines<GroupTimer> timers, ILogger log)
{
    /// <summary>The shortest wait for a group in which no member has come back: with a rebalance time-out of 0 it must not spin until the sessions end.</summary>
    private const int NobodyJoinedWaitMinMs = 1_000;

    /// <summary>A member joined, came back or changed: brings the group to a rebalance, or nearer to the end of the present one.</summary>
    public CoordinatorStep Rebalance(ClassicGroup group, CoordinatorMoment now, string reason) =>
        group.State == ClassicGroupState.PreparingRebalance ? TryComplete(group, now) : Prepare(group, now, reason);

    /// <summary>Begins to wait for joins. Syncs that wait for a plan are told that none comes.</summary>
    public CoordinatorStep Prepare(ClassicGroup group, CoordinatorMoment now, string reason)
    {
        GroupEvents.Rebalances(log, group.Id, group.Generation, group.MemberCount, reason);
        if (group.State == ClassicGroupState.CompletingRebalance)
        {
            FailSyncs(group, ErrorCode.RebalanceInProgress, now);
        }

        timers.Cancel(new GroupTimer(GroupTimerKind.Sync, group.Id));
        var first = group.State == ClassicGroupState.Empty;
        group.Become(ClassicGroupState.PreparingRebalance, now.UtcMs);
        if (first)
        {
            return PrepareFirst(group, now);
        }

        if (group.AllJoined)
        {
            return Complete(group, now);
        }

        timers.Set(new GroupTimer(GroupTimerKind.Join, group.Id), now.TicksMs + group.RebalanceTimeoutMs);
        return CoordinatorStep.Done;
    }

    /// <summary>Ends the wait for joins if nobody is missing and the first delay is over.</summary>
    public CoordinatorStep TryComplete(ClassicGroup group, CoordinatorMoment now) =>
        group is { State: ClassicGroupState.PreparingRebalance, DelayLeftMs: null, AllJoined: true } ? Complete(group, now) : CoordinatorStep.Done;

    /// <summary>The wait for joins is over by time.</summary>
    public CoordinatorStep OnJoinDeadline(ClassicGroup group, CoordinatorMoment now)
    {
        if (group.State != ClassicGroupState.PreparingRebalance)
        {
            return CoordinatorStep.Done;
        }

        if (group is { NewMemberInDelay: true, DelayLeftMs: > 0 and { } leftMs })
        {
            // Somebody came during the delay: more may be on their way.
            group.NewMemberInDelay = false;
            group.DelayLeftMs = Math.Max(leftMs - options.InitialRebalanceDelayMs, 0);
            timers.Set(new GroupTimer(GroupTimerKind.Join, group.Id), now.TicksMs + Math.Min(options.InitialRebalanceDelayMs, leftMs));
            return CoordinatorStep.Done;
        }

        return Complete(group, now);
    }

    /// <summary>The wait for syncs is over by time: who has not fetched its part is dropped, also when the group is stable (KAFKA-12890).</summary>
    public CoordinatorStep OnSyncDeadline(ClassicGroup group, CoordinatorMoment now)
    {
        if (group.State is not (ClassicGroupState.CompletingRebalance or ClassicGroupState.Stable) || group.PendingSyncs.Count == 0)
        {
            return CoordinatorStep.Done;
        }

        foreach (var memberId in group.PendingSyncs.ToArray())
        {
            if (group.Member(memberId) is { } member)
            {
                Evict(group, member, "it did not ask for its part in time");
            }
        }

        return Prepare(group, now, "not all members asked for their parts");
    }

    /// <summary>A session ended, or an id was never used.</summary>
    public CoordinatorStep OnSessionDeadline(ClassicGroup group, string memberId, CoordinatorMoment now)
    {
        if (group.RemovePendingId(memberId))
        {
            return TryComplete(group, now);
        }

        if (group.Member(memberId) is not { } member || IsHeard(member))
        {
            return CoordinatorStep.Done;
        }

        Evict(group, member, $"it was not heard of for {member.SessionTimeoutMs} ms, its session timeout");
        return AfterDrop(group, now, "a member's session ended");
    }

    /// <summary>Goes on after members were dropped.</summary>
    public CoordinatorStep AfterDrop(ClassicGroup group, CoordinatorMoment now, string reason) =>
        group.State == ClassicGroupState.Empty ? CoordinatorStep.Done : Rebalance(group, now, reason);

    /// <summary>Takes a member out that did not ask for it.</summary>
    public void Evict(ClassicGroup group, ClassicMember member, string reason)
    {
        GroupEvents.Evicted(log, group.Id, member.Id, reason);
        Drop(group, member);
    }

    /// <summary>Takes a member out. What it waits for is answered with UNKNOWN_MEMBER_ID, so that a client that still lives starts over.</summary>
    public void Drop(ClassicGroup group, ClassicMember member)
    {
        RespondJoin(group, member, ErrorCode.UnknownMemberId);
        RespondSync(group, member, ErrorCode.UnknownMemberId);
        timers.Cancel(new GroupTimer(GroupTimerKind.Session, group.Id, member.Id));
        group.Remove(member);
    }

    /// <summary>The member was heard of: its session begins anew.</summary>
    public void Touch(ClassicGroup group, ClassicMember member, CoordinatorMoment now) =>
        timers.Set(new GroupTimer(GroupTimerKind.Session, group.Id, member.Id), now.TicksMs + member.SessionTimeoutMs);

    /// <summary>Answers a waiting join with an error, if there is one.</summary>
    public void RespondJoin(ClassicGroup group, ClassicMember member, ErrorCode error)
    {
        if (member.Join is { } join)
        {
            group.SetJoin(member, null);
            join.Reply.Set(ClassicResponses.JoinError(error, member.Id, join.Version));
        }
    }

    /// <summary>Answers a waiting sync, if there is one.</summary>
    public void RespondSync(ClassicGroup group, ClassicMember member, ErrorCode error)
    {
        if (member.Sync is { } sync)
        {
            member.Sync = null;
            sync.Set(error == ErrorCode.None ? ClassicResponses.Sync(group, member) : ClassicResponses.SyncError(error));
        }
    }

    /// <summary>Takes all parts back and tells the waiting syncs why.</summary>
    public void FailSyncs(ClassicGroup group, ErrorCode error, CoordinatorMoment now)
    {
        foreach (var member in group.Members)
        {
            group.SetAssignment(member, []);
            if (member.Sync is not null)
            {
                RespondSync(group, member, error);
                Touch(group, member, now);
            }
        }
    }

    /// <summary>True when the coordinator owes the member a response: it cannot heartbeat meanwhile. A new member's join has its own, longer limit.</summary>
    private static bool IsHeard(ClassicMember member) => (member.Join is not null && !member.IsNew) || member.Sync is not null;

    private CoordinatorStep PrepareFirst(ClassicGroup group, CoordinatorMoment now)
    {
        var delayMs = options.InitialRebalanceDelayMs;
        if (delayMs <= 0)
        {
            return Complete(group, now);
        }

        group.NewMemberInDelay = false;
        group.DelayLeftMs = Math.Max(group.RebalanceTimeoutMs - delayMs, 0);
        timers.Set(new GroupTimer(GroupTimerKind.Join, group.Id), now.TicksMs + delayMs);
        return CoordinatorStep.Done;
    }

    /// <summary>Begins a new generation of those who joined. Static members that are away keep their place until their session ends.</summary>
    private CoordinatorStep Complete(ClassicGroup group, CoordinatorMoment now)
    {
        timers.Cancel(new GroupTimer(GroupTimerKind.Join, group.Id));
        group.DelayLeftMs = null;
        foreach (var member in group.Members.Where(m => m.Join is null && m.InstanceId is null).ToArray())
        {
            Evict(group, member, $"it did not join again within {group.RebalanceTimeoutMs} ms, the rebalance timeout");
        }

        if (group.MemberCount > 0 && !ElectJoinedLeader(group))
        {
            timers.Set(new GroupTimer(GroupTimerKind.Join, group.Id), now.TicksMs + Math.Max(group.RebalanceTimeoutMs, NobodyJoinedWaitMinMs));
            return CoordinatorStep.Done;
        }

        group.Generation++;
        group.PendingSyncs.Clear();
        return group.MemberCount == 0 ? BecomeEmpty(group, now) : BeginGeneration(group, now);
    }

    private CoordinatorStep BecomeEmpty(ClassicGroup group, CoordinatorMoment now)
    {
        GroupEvents.Empty(log, group.Id, group.Generation);
        group.Become(ClassicGroupState.Empty, now.UtcMs);
        group.Protocol = null;
        group.SubscribedTopics = null;
        return new CoordinatorStep([GroupRecords.Group(group.Id, ClassicResponses.Stored(group))]);
    }

    private CoordinatorStep BeginGeneration(ClassicGroup group, CoordinatorMoment now)
    {
        group.Protocol = group.ChooseProtocol();
        group.SubscribedTopics = Subscription.TopicsOf(group);
        GroupEvents.GenerationBegins(log, group.Id, group.Generation, group.MemberCount, group.Protocol ?? "", group.LeaderId ?? "");
        group.Become(ClassicGroupState.CompletingRebalance, now.UtcMs);
        foreach (var member in group.Members)
        {
            if (member.Join is { } join)
            {
                group.SetJoin(member, null);
                join.Reply.Set(ClassicResponses.Join(group, member));
            }

            member.IsNew = false;
            group.PendingSyncs.Add(member.Id);
            Touch(group, member, now);
        }

        timers.Set(new GroupTimer(GroupTimerKind.Sync, group.Id), now.TicksMs + group.RebalanceTimeoutMs);
        return CoordinatorStep.Done;
    }

    /// <summary>Keeps the leader if it joined, else takes the first who did; false when nobody did.</summary>
    private static bool ElectJoinedLeader(ClassicGroup group)
    {
        if (group.LeaderId is { } leaderId && group.Member(leaderId)?.Join is not null)
        {
            return true;
        }

        var joined = group.Members.FirstOrDefault(m => m.Join is not null);
        group.LeaderId = joined?.Id ?? group.LeaderId;
        return joined is not null;
    }
}
