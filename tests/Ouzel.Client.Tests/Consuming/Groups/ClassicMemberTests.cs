using Ouzel.Client.Consuming.Groups;
using Ouzel.Protocol;

namespace Ouzel.Client.Tests.Consuming.Groups;

/// <summary>The member as a state machine: times are numbers.</summary>
public sealed class ClassicMemberTests
{
    private const int HeartbeatMs = 3000;
    private const int MaxPollMs = 300_000;
    private static readonly TopicPartition First = new("t", 0);
    private static readonly TopicPartition Second = new("t", 1);

    [Fact]
    public void Nothing_happens_before_the_application_reads()
    {
        var member = Member();

        Assert.Equal(MemberStepKind.Wait, member.Next(0).Kind);
        member.OnStarted(0);
        Assert.Equal(MemberStepKind.Join, member.Next(0).Kind);
    }

    [Fact]
    public void A_coordinator_that_gives_an_id_is_asked_again_with_it_at_once()
    {
        var member = Member();
        member.OnStarted(0);
        member.Next(0);

        member.OnJoinFailed(ErrorCode.MemberIdRequired, "given", retryAtMs: 100);

        Assert.Equal(MemberStepKind.Join, member.Next(0).Kind);
        Assert.Equal(new MemberIdentity("given", -1), member.Identity);
    }

    [Fact]
    public void Heartbeats_keep_their_interval()
    {
        var member = Stable([First]);

        Assert.Equal(HeartbeatMs, member.Next(1).DueMs);
        Assert.Equal(MemberStepKind.Heartbeat, member.Next(HeartbeatMs).Kind);
        member.OnHeartbeat(ErrorCode.None, 0);
        Assert.Equal(2 * HeartbeatMs, member.Next(HeartbeatMs).DueMs);
    }

    [Fact]
    public void An_eager_member_lets_go_of_everything_before_it_joins_again_and_goes_on_with_heartbeats_meanwhile()
    {
        var member = Stable([First, Second]);
        member.Next(HeartbeatMs);
        member.OnHeartbeat(ErrorCode.RebalanceInProgress, 0);

        var revoke = member.Next(HeartbeatMs);
        Assert.Equal(MemberStepKind.Revoke, revoke.Kind);
        Assert.Equal([First, Second], revoke.Partitions.Order(Comparer<TopicPartition>.Create((a, b) => a.Partition - b.Partition)));
        Assert.Equal(MemberStepKind.Wait, member.Next(HeartbeatMs).Kind);
        Assert.Equal(MemberStepKind.Heartbeat, member.Next(2 * HeartbeatMs).Kind);
        member.OnHeartbeat(ErrorCode.RebalanceInProgress, 0);

        member.OnWorkDone(revoke.WorkId, revoke.Kind, revoke.Partitions);
        Assert.Equal(MemberStepKind.Join, member.Next(2 * HeartbeatMs).Kind);
        Assert.Empty(member.Owned);
    }

    [Fact]
    public void A_cooperative_member_keeps_what_stays_and_joins_again_after_letting_go()
    {
        var member = Stable([First, Second], cooperative: true);
        member.RequestRejoin("test");
        Assert.Equal(MemberStepKind.Join, member.Next(0).Kind);
        Assert.Equal(2, member.Owned.Count);

        member.OnJoined(new MemberIdentity("m", 2));
        Assert.Equal(MemberStepKind.Sync, member.Next(0).Kind);
        member.OnSynced([First], 0);
        var revoke = member.Next(0);
        Assert.Equal(MemberStepKind.Revoke, revoke.Kind);
        Assert.Equal([Second], revoke.Partitions);
        member.OnWorkDone(revoke.WorkId, revoke.Kind, revoke.Partitions);
        var assign = member.Next(0);
        Assert.Equal(MemberStepKind.Assign, assign.Kind);
        Assert.Empty(assign.Partitions);
        member.OnWorkDone(assign.WorkId, assign.Kind, assign.Partitions);
        member.Next(0);
        Assert.Equal(MemberStepKind.Join, member.Next(0).Kind);
        Assert.Equal([First], member.Owned);
    }

    [Theory]
    [InlineData(ErrorCode.UnknownMemberId, "")]
    [InlineData(ErrorCode.IllegalGeneration, "m")]
    public void A_member_that_was_removed_loses_its_partitions_and_joins_anew(ErrorCode error, string memberId)
    {
        var member = Stable([First]);
        member.Next(HeartbeatMs);

        member.OnHeartbeat(error, 0);

        var lose = member.Next(HeartbeatMs);
        Assert.Equal(MemberStepKind.Lose, lose.Kind);
        Assert.Equal([First], lose.Partitions);
        member.OnWorkDone(lose.WorkId, lose.Kind, lose.Partitions);
        Assert.Empty(member.Owned);
        Assert.Equal(MemberStepKind.Join, member.Next(HeartbeatMs).Kind);
        Assert.Equal(new MemberIdentity(memberId, -1), member.Identity);
    }

    [Fact]
    public void A_lost_coordinator_is_asked_again_and_takes_nothing_away()
    {
        var member = Stable([First]);
        member.Next(HeartbeatMs);

        member.OnUnreachable(HeartbeatMs + 100);

        Assert.Equal(HeartbeatMs + 100, member.Next(HeartbeatMs).DueMs);
        Assert.Equal(MemberStepKind.Heartbeat, member.Next(HeartbeatMs + 100).Kind);
        Assert.Equal([First], member.Owned);
    }

    [Fact]
    public void An_application_that_takes_too_long_costs_the_membership_until_it_is_back()
    {
        var member = Stable([First]);

        var leave = member.Next(MaxPollMs);

        Assert.Equal(MemberStepKind.Leave, leave.Kind);
        Assert.Equal(new MemberIdentity("m", 1), member.LeavingAs);
        Assert.Equal(MemberStepKind.Lose, member.Next(MaxPollMs).Kind);
        Assert.Equal(long.MaxValue, member.Next(2 * MaxPollMs).DueMs);
        member.OnProgress(2 * MaxPollMs);
        Assert.Equal(MemberStepKind.Join, member.Next(2 * MaxPollMs).Kind);
    }

    [Fact]
    public void Letting_go_does_not_outlast_a_loss()
    {
        var member = Stable([First]);
        member.RequestRejoin("test");
        var revoke = member.Next(0);
        Assert.Equal(MemberStepKind.Revoke, revoke.Kind);

        member.Next(HeartbeatMs);
        member.OnHeartbeat(ErrorCode.UnknownMemberId, 0);
        Assert.Equal(MemberStepKind.Lose, member.Next(HeartbeatMs).Kind);
        Assert.Equal(MemberStepKind.Join, member.Next(HeartbeatMs).Kind);
        member.OnJoined(new MemberIdentity("n", 5));
        member.Next(HeartbeatMs);
        member.OnSynced([First], HeartbeatMs);
        var assign = member.Next(HeartbeatMs);
        member.OnWorkDone(revoke.WorkId, revoke.Kind, revoke.Partitions);
        Assert.Equal(MemberStepKind.Wait, member.Next(HeartbeatMs).Kind);
        member.OnWorkDone(assign.WorkId, assign.Kind, assign.Partitions);
        Assert.Equal([First], member.Owned);
    }

    [Fact]
    public void A_rebalance_during_another_leads_to_one_more_join()
    {
        var member = Joined([First]);
        var assign = member.Next(0);
        Assert.Equal(MemberStepKind.Heartbeat, member.Next(HeartbeatMs).Kind);
        member.OnHeartbeat(ErrorCode.RebalanceInProgress, 0);

        member.OnWorkDone(assign.WorkId, assign.Kind, assign.Partitions);

        member.Next(HeartbeatMs);
        Assert.Equal(MemberStepKind.Revoke, member.Next(HeartbeatMs).Kind);
    }

    [Fact]
    public void A_fenced_static_member_ends_and_says_why()
    {
        var member = Stable([First]);
        member.Next(HeartbeatMs);

        member.OnHeartbeat(ErrorCode.FencedInstanceId, 0);

        Assert.Equal(MemberStepKind.Lose, member.Next(HeartbeatMs).Kind);
        Assert.Equal(MemberStepKind.Fail, member.Next(HeartbeatMs).Kind);
        Assert.True(member.Fault!.IsFatal);
        Assert.Contains("GroupInstanceId", member.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(long.MaxValue, member.Next(HeartbeatMs).DueMs);
    }

    [Fact]
    public void A_refused_commit_of_an_earlier_self_changes_nothing()
    {
        var member = Stable([First]);

        member.OnFenced(ErrorCode.IllegalGeneration, new MemberIdentity("m", 0));
        Assert.Equal([First], member.Owned);

        member.OnFenced(ErrorCode.IllegalGeneration, new MemberIdentity("m", 1));
        Assert.Equal(MemberStepKind.Lose, member.Next(0).Kind);
    }

    private static ClassicMember Member(bool cooperative = false) => new(new MemberRules(HeartbeatMs, MaxPollMs, cooperative));

    private static ClassicMember Joined(TopicPartition[] partitions, bool cooperative = false)
    {
        var member = Member(cooperative);
        member.OnStarted(0);
        Assert.Equal(MemberStepKind.Join, member.Next(0).Kind);
        member.OnJoined(new MemberIdentity("m", 1));
        Assert.Equal(MemberStepKind.Sync, member.Next(0).Kind);
        member.OnSynced(partitions, 0);
        return member;
    }

    private static ClassicMember Stable(TopicPartition[] partitions, bool cooperative = false)
    {
        var member = Joined(partitions, cooperative);
        var assign = member.Next(0);
        Assert.Equal(MemberStepKind.Assign, assign.Kind);
        member.OnWorkDone(assign.WorkId, assign.Kind, assign.Partitions);
        Assert.Equal(0, member.Next(0).DueMs);
        Assert.True(member.IsStable);
        return member;
    }
}
