using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

public sealed class StaticMemberTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void A_static_member_joins_with_one_request_under_its_instance()
    {
        var a = _world.Member("a", instance: "red");
        var r = a.StartJoin().Value;
        Assert.Equal((ErrorCode.None, "red"), (r.ErrorCode, r.Members[0].GroupInstanceId));
        Assert.StartsWith("red-", r.MemberId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_static_follower_takes_its_place_again_and_nobody_notices()
    {
        var (a, b) = Pair();
        var again = _world.Member("b", instance: "blue");
        var r = again.Join();
        Assert.Equal((ErrorCode.None, 2, a.Id, 0), (r.ErrorCode, r.GenerationId, r.Leader, r.Members.Count));
        Assert.NotEqual(b.Id, again.Id);
        Assert.Equal((ErrorCode.None, ClassicGroupState.Stable), (a.Heartbeat(), _world.State()));
        again.Sync();
        Assert.Equal("part-b", System.Text.Encoding.UTF8.GetString(again.Part!));
    }

    [Fact]
    public void The_new_id_survives_a_change_of_coordinator()
    {
        (_, var b) = Pair();
        var again = _world.Member("b", instance: "blue");
        again.Join();
        _world.Failover();
        Assert.Equal((ErrorCode.None, ErrorCode.FencedInstanceId), (again.Heartbeat(), b.Heartbeat()));
    }

    [Fact]
    public void Who_was_replaced_is_fenced_in_everything()
    {
        (_, var b) = Pair();
        _world.Member("b", instance: "blue").Join();
        Assert.Equal(ErrorCode.FencedInstanceId, b.Heartbeat());
        Assert.Equal(ErrorCode.FencedInstanceId, b.TrySync());
        Assert.Equal(ErrorCode.FencedInstanceId, b.StartJoin().Value.ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, b.Commit("t", 1));
        Assert.Equal(ErrorCode.FencedInstanceId, b.Leave());
        b.Instance = null;
        Assert.Equal(ErrorCode.UnknownMemberId, b.Heartbeat());
    }

    [Fact]
    public void Fencing_comes_before_the_generation()
    {
        (_, var b) = Pair();
        _world.Member("b", instance: "blue").Join();
        Assert.Equal(ErrorCode.FencedInstanceId, b.Heartbeat(77));
    }

    [Fact]
    public void An_unknown_instance_is_an_unknown_member()
    {
        var a = _world.Member("a");
        TestMember.Settle(a);
        a.Instance = "green";
        Assert.Equal(ErrorCode.UnknownMemberId, a.Heartbeat());
        Assert.Equal(ErrorCode.UnknownMemberId, a.TrySync());
        Assert.Equal(ErrorCode.UnknownMemberId, a.StartJoin().Value.ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, a.Commit("t", 1));
    }

    [Fact]
    public void A_static_leader_of_version_9_comes_back_with_the_members_and_skips_the_plan()
    {
        var (a, b) = Pair(leaderStatic: true);
        var again = _world.Member("a", instance: "red");
        var r = again.Join();
        Assert.Equal((again.Id, true, 2), (r.Leader, r.SkipAssignment, r.Members.Count));
        Assert.Equal(ErrorCode.None, b.Heartbeat());
        Assert.NotEqual(a.Id, again.Id);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    public void A_static_leader_of_an_older_version_reads_another_leader_and_makes_no_plan(short version)
    {
        var (a, _) = Pair(leaderStatic: true);
        var again = _world.Member("a", instance: "red", version: version);
        var r = again.Join();
        Assert.Equal((a.Id, false, 0), (r.Leader, r.SkipAssignment, r.Members.Count));
        again.Sync();
        Assert.Equal("part-a", System.Text.Encoding.UTF8.GetString(again.Part!));
    }

    [Fact]
    public void New_metadata_alone_is_no_reason_to_rebalance_but_another_protocol_is()
    {
        var a = _world.Member("a", protocols: [("x", [1]), ("y", [1])]);
        var b = _world.Member("b", instance: "blue", protocols: [("x", [2]), ("y", [2])]);
        TestMember.Settle(a, b);
        Assert.True(_world.Member("b", instance: "blue", protocols: [("x", [3])]).StartJoin().IsSet);
        Assert.Equal(ClassicGroupState.Stable, _world.State());
        var other = _world.Member("b", instance: "blue", protocols: [("z", [3])]).StartJoin();
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, other.Value.ErrorCode);
    }

    [Fact]
    public void A_changed_choice_of_protocol_rebalances()
    {
        var b = _world.Member("b", instance: "blue", protocols: [("x", [2]), ("y", [2])]);
        TestMember.Settle(b);
        var again = _world.Member("b", instance: "blue", protocols: [("y", [2]), ("x", [2])]);
        Assert.Equal((2, "y"), (again.Join().GenerationId, again.Protocol));
    }

    [Fact]
    public void A_restart_before_the_plan_rebalances()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b", instance: "blue");
        TestMember.Gather(a, b);
        var sync = b.StartSync();
        var waiting = _world.Member("b", instance: "blue").StartJoin();
        Assert.Equal(ErrorCode.FencedInstanceId, sync.Value.ErrorCode);
        Assert.False(waiting.IsSet);
        Assert.Equal(3, a.Join().GenerationId);
        Assert.Equal(3, waiting.Value.GenerationId);
    }

    [Fact]
    public void A_restart_during_a_rebalance_fences_the_waiting_join()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b", instance: "blue");
        TestMember.Settle(a);
        Reply<JoinGroupResponse> first = b.StartJoin(), second = _world.Member("b", instance: "blue").StartJoin();
        Assert.Equal(ErrorCode.FencedInstanceId, first.Value.ErrorCode);
        Assert.False(second.IsSet);
        a.Join();
        Assert.Equal(ErrorCode.None, second.Value.ErrorCode);
    }

    [Fact]
    public void A_static_member_that_is_away_keeps_its_place_through_a_rebalance()
    {
        TestMember a = _world.Member("a", rebalanceMs: 5_000), b = _world.Member("b", instance: "blue", rebalanceMs: 5_000, sessionMs: 60_000);
        TestMember.Settle(a, b);
        var waiting = a.StartJoin();
        _world.Advance(5_000);
        Assert.Equal(2, a.Joined(waiting).Members.Count);
    }

    [Fact]
    public void When_nobody_comes_back_the_rebalance_waits_for_the_sessions_to_end()
    {
        var b = _world.Member("b", instance: "blue", rebalanceMs: 0, sessionMs: 10_000);
        var c = _world.Member("c", instance: "red", rebalanceMs: 0, sessionMs: 10_000);
        b.Join();
        TestMember.ShareOut(b);
        var waiting = c.StartJoin();
        c.Leave();
        _world.Advance(60_000);
        Assert.True(waiting.IsSet);
        Assert.Equal(ClassicGroupState.Empty, _world.State());
    }

    [Fact]
    public void An_administrator_removes_a_static_member_by_its_instance()
    {
        var (a, b) = Pair();
        var r = a.TryLeave(("", "blue"));
        Assert.Equal(("", "blue", ErrorCode.None), (r.Members[0].MemberId, r.Members[0].GroupInstanceId, r.Members[0].ErrorCode));
        Assert.Equal((ErrorCode.RebalanceInProgress, ErrorCode.UnknownMemberId), (a.Heartbeat(), b.Heartbeat()));
    }

    [Fact]
    public void A_static_member_may_commit_and_leave_with_its_member_id_alone()
    {
        (_, var b) = Pair();
        b.Instance = null;
        Assert.Equal((ErrorCode.None, ErrorCode.None), (b.Commit("t", 1), b.Leave()));
    }

    [Fact]
    public void A_replacement_the_log_refuses_changes_nothing()
    {
        var (a, b) = Pair();
        _world.AppendErrors.Enqueue(ErrorCode.CoordinatorNotAvailable);
        var r = _world.Member("b", instance: "blue").StartJoin().Value;
        Assert.Equal((ErrorCode.CoordinatorNotAvailable, ""), (r.ErrorCode, r.MemberId));
        Assert.Equal((ErrorCode.None, ErrorCode.None), (a.Heartbeat(), b.Heartbeat()));
    }

    private (TestMember A, TestMember B) Pair(bool leaderStatic = false)
    {
        TestMember a = _world.Member("a", instance: leaderStatic ? "red" : null), b = _world.Member("b", instance: "blue");
        TestMember.Settle(a, b);
        return (a, b);
    }
}
