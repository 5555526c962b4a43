using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

public sealed class ClassicRebalanceTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void The_first_rebalance_waits_for_more_members()
    {
        var world = new GroupWorld(new GroupOptions { InitialRebalanceDelayMs = 3_000 });
        TestMember a = world.Member("a"), b = world.Member("b");
        var first = a.Come();
        world.Advance(2_000);
        var second = b.Come();
        world.Advance(1_000);
        Assert.False(first.IsSet, "somebody came during the delay, so it is extended once more");
        world.Advance(3_000);
        Assert.Equal((1, 1, 2), (a.Joined(first).GenerationId, b.Joined(second).GenerationId, first.Value.Members.Count));
    }

    [Fact]
    public void The_first_rebalance_waits_no_longer_than_the_rebalance_time_out()
    {
        var world = new GroupWorld(new GroupOptions { InitialRebalanceDelayMs = 3_000 });
        var a = world.Member("a", rebalanceMs: 5_000);
        var first = a.Come();
        for (var i = 0; i < 4; i++)
        {
            world.Advance(1_000);
            world.Member("m" + i, rebalanceMs: 5_000).Come();
        }

        Assert.False(first.IsSet);
        world.Advance(1_000);
        Assert.Equal(5, a.Joined(first).Members.Count);
    }

    [Fact]
    public void Without_newcomers_the_first_delay_is_not_extended()
    {
        var world = new GroupWorld(new GroupOptions { InitialRebalanceDelayMs = 3_000 });
        var first = world.Member("a").Come();
        world.Advance(2_999);
        Assert.False(first.IsSet);
        world.Advance(1);
        Assert.True(first.IsSet);
    }

    [Fact]
    public void Who_does_not_come_back_in_time_is_dropped()
    {
        TestMember a = _world.Member("a", rebalanceMs: 1_000), b = _world.Member("b", rebalanceMs: 1_000);
        TestMember.Settle(a);
        var waiting = b.Come();
        _world.Advance(999);
        Assert.False(waiting.IsSet);
        _world.Advance(1);
        Assert.Equal((2, b.Id), (b.Joined(waiting).GenerationId, waiting.Value.Leader));
        Assert.Equal(ErrorCode.UnknownMemberId, a.Heartbeat());
        Assert.Equal(ErrorCode.UnknownMemberId, a.StartJoin().Value.ErrorCode);
    }

    [Fact]
    public void The_largest_rebalance_time_out_of_the_members_counts()
    {
        TestMember a = _world.Member("a", rebalanceMs: 1_000), b = _world.Member("b", rebalanceMs: 9_000);
        TestMember.Settle(a);
        var waiting = b.Come();
        _world.Advance(8_999);
        Assert.False(waiting.IsSet);
        _world.Advance(1);
        Assert.True(waiting.IsSet);
    }

    [Fact]
    public void Followers_wait_for_the_plan_and_everyone_gets_its_part()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Gather(a, b);
        var waiting = b.StartSync();
        Assert.False(waiting.IsSet);
        var r = a.Sync(new() { [a.Id] = [1], [b.Id] = [2, 2], ["nobody"] = [9] });
        Assert.Equal((ErrorCode.None, "consumer", "range"), (r.ErrorCode, r.ProtocolType, r.ProtocolName));
        Assert.Equal([1], a.Part!);
        Assert.Equal([2, 2], b.Synced(waiting).Assignment.ToArray());
        Assert.Equal(ClassicGroupState.Stable, _world.State());
    }

    [Fact]
    public void A_member_left_out_of_the_plan_gets_nothing()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Gather(a, b);
        a.Sync(new() { [a.Id] = [1] });
        Assert.Equal(ErrorCode.None, b.Sync().ErrorCode);
        Assert.Empty(b.Part!);
    }

    [Fact]
    public void A_repeated_sync_answers_the_stored_part()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a, b);
        a.Sync(new() { [a.Id] = [7], [b.Id] = [7] });
        b.Sync();
        Assert.Equal(("part-a", "part-b"), (System.Text.Encoding.UTF8.GetString(a.Part!), System.Text.Encoding.UTF8.GetString(b.Part!)));
    }

    [Fact]
    public void Errors_of_a_sync_come_in_their_order()
    {
        var a = _world.Member("a");
        Assert.Equal(ErrorCode.UnknownMemberId, a.TrySync(r => (r.MemberId, r.ProtocolName) = ("x", "range")));
        TestMember.Settle(a);
        Assert.Equal(ErrorCode.InvalidGroupId, a.TrySync(r => r.GroupId = ""));
        Assert.Equal(ErrorCode.UnknownMemberId, a.TrySync(r => (r.MemberId, r.GenerationId) = ("x", 9)));
        Assert.Equal(ErrorCode.IllegalGeneration, a.TrySync(r => (r.ProtocolName, r.GenerationId) = ("sticky", 7)));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, a.TrySync(r => r.ProtocolName = "sticky"));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, a.TrySync(r => r.ProtocolType = "connect"));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, a.TrySync(r => (r.ProtocolName, r.MemberId) = (null, "x")));
        Assert.Equal(ErrorCode.None, a.TrySync(r => (r.ProtocolName, r.ProtocolType) = (null, null), version1: 4));
    }

    [Fact]
    public void A_newcomer_breaks_off_waiting_syncs()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b"), c = _world.Member("c");
        TestMember.Gather(a, b);
        var waiting = b.StartSync();
        c.Come();
        Assert.Equal(ErrorCode.RebalanceInProgress, waiting.Value.ErrorCode);
        Assert.Equal(ErrorCode.RebalanceInProgress, a.Sync(new() { [a.Id] = [1] }).ErrorCode);
        Assert.Equal(ClassicGroupState.PreparingRebalance, _world.State());
    }

    [Fact]
    public void A_leader_that_never_syncs_is_dropped()
    {
        TestMember a = _world.Member("a", rebalanceMs: 1_000), b = _world.Member("b", rebalanceMs: 1_000);
        TestMember.Gather(a, b);
        var waiting = b.StartSync();
        _world.Advance(1_000);
        Assert.Equal(ErrorCode.RebalanceInProgress, waiting.Value.ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, a.Heartbeat());
        Assert.Equal((3, b.Id), (b.Join().GenerationId, b.Leader));
    }

    [Fact]
    public void A_follower_that_never_syncs_is_dropped_from_a_stable_group_too()
    {
        TestMember a = _world.Member("a", rebalanceMs: 10_000), b = _world.Member("b", rebalanceMs: 10_000);
        TestMember.Gather(a, b);
        a.Sync(new() { [a.Id] = [1], [b.Id] = [2] });
        Assert.Equal(ClassicGroupState.Stable, _world.State());
        _world.Advance(10_000);
        Assert.Equal((ErrorCode.RebalanceInProgress, ErrorCode.UnknownMemberId), (a.Heartbeat(), b.Heartbeat()));
    }

    [Fact]
    public void A_silent_member_goes_when_its_session_ends_and_heartbeats_keep_the_others()
    {
        TestMember a = _world.Member("a", sessionMs: 6_000), b = _world.Member("b", sessionMs: 6_000);
        TestMember.Settle(a, b);
        for (var i = 0; i < 5; i++)
        {
            _world.Advance(1_000);
            Assert.Equal(ErrorCode.None, a.Heartbeat());
        }

        _world.Advance(1_000);
        Assert.Equal((ErrorCode.RebalanceInProgress, ErrorCode.UnknownMemberId), (a.Heartbeat(), b.Heartbeat()));
        Assert.Equal((3, 1), (a.Join().GenerationId, a.Join().Members.Count));
    }

    [Fact]
    public void A_commit_counts_as_a_heartbeat()
    {
        var a = _world.Member("a", sessionMs: 6_000);
        TestMember.Settle(a);
        _world.Advance(5_000);
        Assert.Equal(ErrorCode.None, a.Commit("t", 1));
        _world.Advance(5_000);
        Assert.Equal(ErrorCode.None, a.Heartbeat());
    }

    [Fact]
    public void Members_that_wait_for_an_answer_do_not_expire()
    {
        TestMember a = _world.Member("a", sessionMs: 6_000, rebalanceMs: 60_000), b = _world.Member("b", sessionMs: 6_000, rebalanceMs: 60_000);
        TestMember.Settle(a, b);
        var waiting = b.StartJoin(change: r => r.Protocols[0].Metadata = new byte[] { 1 });
        for (var i = 0; i < 10; i++)
        {
            _world.Advance(5_000);
            a.Heartbeat();
        }

        Assert.False(waiting.IsSet);
        a.Join();
        Assert.Equal(ErrorCode.None, b.Joined(waiting).ErrorCode);
    }

    [Fact]
    public void A_new_member_whose_join_waits_for_five_minutes_is_given_up()
    {
        TestMember a = _world.Member("a", sessionMs: 1_800_000, rebalanceMs: 3_600_000), b = _world.Member("b");
        TestMember.Settle(a);
        var waiting = b.Come();
        _world.Advance(299_999);
        Assert.False(waiting.IsSet);
        _world.Advance(1);
        Assert.Equal(ErrorCode.UnknownMemberId, waiting.Value.ErrorCode);
    }

    [Fact]
    public void The_last_member_leaves_an_empty_group_and_the_next_counts_on()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a);
        Assert.Equal(ErrorCode.None, a.Leave());
        var d = _world.Shard.Describe("g")!;
        Assert.Equal(("Empty", "consumer", "", 0), (d.GroupState, d.ProtocolType, d.ProtocolData, d.Members.Count));
        Assert.Equal(3, b.Join().GenerationId);
    }

    [Fact]
    public void A_rebalance_that_waits_for_one_member_ends_when_it_leaves()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a);
        var waiting = b.Come();
        a.Leave();
        Assert.Equal((2, b.Id), (b.Joined(waiting).GenerationId, waiting.Value.Leader));
    }

    [Fact]
    public void When_the_leader_left_the_next_in_line_leads()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b"), c = _world.Member("c");
        TestMember.Settle(a, b, c);
        a.Leave();
        var waiting = c.StartJoin();
        b.Joined(b.StartJoin());
        Assert.Equal((b.Id, b.Id, 3), (b.Leader, c.Joined(waiting).Leader, b.Generation));
    }

    [Fact]
    public void Several_leave_at_once_each_with_its_answer()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b", instance: "blue"), c = _world.Member("c");
        TestMember.Settle(a, b, c);
        var r = a.TryLeave(("nobody", null), (c.Id, null), ("", "blue"), ("", "green"));
        Assert.Equal(
            [ErrorCode.UnknownMemberId, ErrorCode.None, ErrorCode.None, ErrorCode.UnknownMemberId], r.Members.Select(m => m.ErrorCode));
        Assert.Equal(["nobody", c.Id, "", ""], r.Members.Select(m => m.MemberId));
        Assert.Equal((ErrorCode.RebalanceInProgress, ErrorCode.UnknownMemberId), (a.Heartbeat(), c.Heartbeat()));
    }

    [Fact]
    public void Leaving_an_unknown_group_fails_per_member_and_nobody_leaving_is_fine()
    {
        var a = _world.Member("a");
        var r = a.TryLeave(("x", null));
        Assert.Equal((ErrorCode.None, ErrorCode.UnknownMemberId), (r.ErrorCode, r.Members[0].ErrorCode));
        Assert.Equal(ErrorCode.None, a.TryLeave().ErrorCode);
        var pending = _world.Member("pending");
        var id = pending.StartJoin().Value.MemberId;
        Assert.Equal(ErrorCode.None, pending.TryLeave((id, "any instance")).Members[0].ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, _world.Member("b", group: "").TryLeave(("x", null)).ErrorCode);
    }

    [Fact]
    public void A_heartbeat_tells_the_state_and_refuses_strangers()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        Assert.Equal(ErrorCode.UnknownMemberId, a.Heartbeat(-1, ""));
        a.Join();
        Assert.Equal(ErrorCode.None, a.Heartbeat());
        TestMember.ShareOut(a);
        Assert.Equal(ErrorCode.UnknownMemberId, a.Heartbeat(9, "x"));
        Assert.Equal((ErrorCode.IllegalGeneration, ErrorCode.IllegalGeneration), (a.Heartbeat(0), a.Heartbeat(2)));
        b.Come();
        Assert.Equal((ErrorCode.RebalanceInProgress, ErrorCode.IllegalGeneration), (a.Heartbeat(), a.Heartbeat(7)));
        a.Leave();
        Assert.Equal(ErrorCode.UnknownMemberId, a.Heartbeat());
        Assert.Equal(ErrorCode.InvalidGroupId, _world.Member("c", group: "").Heartbeat(1, "x"));
    }

    [Fact]
    public void A_plan_the_log_refuses_is_not_handed_out_and_the_group_starts_over()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Gather(a, b);
        var waiting = b.StartSync();
        _world.AppendErrors.Enqueue(ErrorCode.CoordinatorNotAvailable);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, a.Sync(new() { [a.Id] = [1], [b.Id] = [2] }).ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, waiting.Value.ErrorCode);
        Assert.Equal(ClassicGroupState.PreparingRebalance, _world.State());
        var again = b.StartJoin();
        a.Join();
        b.Joined(again);
        TestMember.ShareOut(a, b);
        Assert.Equal("part-b", System.Text.Encoding.UTF8.GetString(b.Part!));
    }

    [Fact]
    public void A_group_the_log_refuses_does_not_exist()
    {
        _world.AppendErrors.Enqueue(ErrorCode.NotCoordinator);
        Assert.Equal(ErrorCode.NotCoordinator, _world.Member("a").StartJoin().Value.ErrorCode);
        Assert.Null(_world.State());
    }

    [Fact]
    public void Cooperative_members_go_through_two_rounds()
    {
        TestMember a = _world.Member("a", protocols: [("cooperative-sticky", [1])]), b = _world.Member("b", protocols: [("cooperative-sticky", [2])]);
        TestMember.Settle(a);
        TestMember.Gather(a, b);
        a.Sync(new() { [a.Id] = [0], [b.Id] = [] });
        b.Sync();
        a.Protocols = [("cooperative-sticky", [3])];
        var waiting = a.StartJoin();
        b.Joined(b.StartJoin());
        a.Joined(waiting);
        a.Sync(new() { [a.Id] = [0], [b.Id] = [1] });
        Assert.Equal(3, a.Generation);
        Assert.Equal([0], a.Part!);
        Assert.Equal([1], b.Sync().Assignment.ToArray());
    }
}
