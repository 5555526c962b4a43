using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

public sealed class ClassicJoinTests
{
    private readonly GroupWorld _world = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public void The_first_member_leads_generation_1_at_once(short version)
    {
        var a = _world.Member("a", version: version);
        var r = a.Join();
        Assert.Equal((ErrorCode.None, 1, "range", a.Id), (r.ErrorCode, r.GenerationId, r.ProtocolName, r.Leader));
        Assert.StartsWith("client-a-", a.Id, StringComparison.Ordinal);
        Assert.Equal("client-a-".Length + 36, a.Id.Length);
        Assert.Equal(a.Id, Assert.Single(r.Members).MemberId);
    }

    [Theory]
    [InlineData(6, "")]
    [InlineData(7, null)]
    public void A_newcomer_is_given_an_id_and_is_no_member_yet(short version, string? protocolName)
    {
        var a = _world.Member("a", version: version);
        var r = a.StartJoin().Value;
        Assert.Equal((ErrorCode.MemberIdRequired, -1, protocolName, ""), (r.ErrorCode, r.GenerationId, r.ProtocolName, r.Leader));
        Assert.NotEqual(r.MemberId, a.StartJoin().Value.MemberId);
        Assert.Equal(ClassicGroupState.Empty, _world.State());
        Assert.Equal(0, _world.Shard.Groups["g"].MemberCount);
    }

    [Fact]
    public void An_id_that_was_handed_out_may_only_join_or_leave()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a);
        b.Id = b.StartJoin().Value.MemberId;
        Assert.Equal(ErrorCode.UnknownMemberId, b.Heartbeat(1));
        Assert.Equal(ErrorCode.UnknownMemberId, b.TrySync(r => (r.GenerationId, r.ProtocolName) = (1, "range")));
        Assert.Equal(ErrorCode.UnknownMemberId, b.Commit("t", 1, 1));
        Assert.Equal(ErrorCode.None, b.Leave());
        Assert.Equal(ErrorCode.UnknownMemberId, b.StartJoin().Value.ErrorCode);
        Assert.Equal((ClassicGroupState.PreparingRebalance, ErrorCode.RebalanceInProgress), (_world.State(), a.Heartbeat()));
    }

    [Fact]
    public void An_unused_id_expires_after_the_session_time_out()
    {
        var a = _world.Member("a", sessionMs: 6_000);
        a.Id = a.StartJoin().Value.MemberId;
        _world.Advance(5_999);
        Assert.Single(_world.Shard.Groups["g"].PendingIds);
        _world.Advance(1);
        Assert.Empty(_world.Shard.Groups["g"].PendingIds);
        Assert.Equal(ErrorCode.UnknownMemberId, a.StartJoin().Value.ErrorCode);
    }

    [Fact]
    public void An_unused_id_holds_up_a_running_rebalance()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b"), c = _world.Member("c", sessionMs: 10_000);
        TestMember.Settle(a);
        var waiting = b.Come();
        c.StartJoin();
        var again = a.StartJoin();
        Assert.False(waiting.IsSet || again.IsSet);
        _world.Advance(10_000);
        Assert.Equal((2, 2), (b.Joined(waiting).GenerationId, a.Joined(again).GenerationId));
    }

    [Theory]
    [InlineData(5_999, ErrorCode.InvalidSessionTimeout)]
    [InlineData(6_000, ErrorCode.None)]
    [InlineData(1_800_000, ErrorCode.None)]
    [InlineData(1_800_001, ErrorCode.InvalidSessionTimeout)]
    [InlineData(-1, ErrorCode.InvalidSessionTimeout)]
    public void The_session_time_out_has_bounds(int sessionMs, ErrorCode expected) =>
        Assert.Equal(expected, _world.Member("a", sessionMs: sessionMs, version: 3).StartJoin().Value.ErrorCode);

    [Fact]
    public void A_join_without_a_group_is_refused_before_its_session_time_out_and_echoes_the_member()
    {
        var r = _world.Member("a", group: "", sessionMs: 1).StartJoin(change: q => q.MemberId = "x").Value;
        Assert.Equal((ErrorCode.InvalidGroupId, "x"), (r.ErrorCode, r.MemberId));
    }

    [Fact]
    public void Nobody_chooses_its_own_member_id()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        b.Id = "made-up";
        Assert.Equal((ErrorCode.UnknownMemberId, "made-up"), (b.StartJoin().Value.ErrorCode, b.StartJoin().Value.MemberId));
        Assert.Null(_world.State());
        TestMember.Settle(a);
        Assert.Equal(ErrorCode.UnknownMemberId, b.StartJoin().Value.ErrorCode);
        Assert.Equal(ErrorCode.None, a.Heartbeat());
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("consumer", false)]
    [InlineData("", false)]
    public void A_join_needs_a_type_and_a_protocol_and_makes_no_group_without(string type, bool withProtocol)
    {
        var a = _world.Member("a", type: type, protocols: withProtocol ? null : [], version: 3);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, a.StartJoin().Value.ErrorCode);
        Assert.Null(_world.State());
        Assert.Empty(_world.Log);
    }

    [Fact]
    public void Who_shares_no_protocol_or_type_is_turned_away()
    {
        var a = _world.Member("a", protocols: [("range", [1]), ("sticky", [2])]);
        TestMember.Settle(a);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _world.Member("b", protocols: [("other", [1])]).StartJoin().Value.ErrorCode);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _world.Member("c", type: "connect").StartJoin().Value.ErrorCode);
        Assert.Equal((ErrorCode.None, ClassicGroupState.Stable), (a.Heartbeat(), _world.State()));
    }

    [Fact]
    public void Even_the_only_member_changes_protocols_only_by_way_of_a_common_one()
    {
        var a = _world.Member("a", protocols: [("x", [1])]);
        TestMember.Settle(a);
        a.Protocols = [("y", [1])];
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, a.StartJoin().Value.ErrorCode);
        a.Protocols = [("y", [1]), ("x", [1])];
        Assert.Equal("y", a.Join().ProtocolName);
        a.Protocols = [("y", [1])];
        Assert.Equal("y", a.Join().ProtocolName);
    }

    [Fact]
    public void Only_the_leader_is_told_about_the_members()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b"), c = _world.Member("c");
        a.Join();
        Reply<JoinGroupResponse>[] waiting = [b.Come(), c.Come()];
        var leading = a.StartJoin();
        var r = a.Joined(leading);
        Assert.Equal([("a", a.Id), ("b", b.Id), ("c", c.Id)], r.Members.Select(m => (System.Text.Encoding.UTF8.GetString(m.Metadata.Span), m.MemberId)));
        Assert.All(waiting, w => Assert.Empty(w.Value.Members));
        Assert.All(waiting, w => Assert.Equal((2, a.Id), (w.Value.GenerationId, w.Value.Leader)));
    }

    [Fact]
    public void A_newcomer_waits_until_the_members_have_come_back()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a);
        var waiting = b.Come();
        Assert.False(waiting.IsSet);
        Assert.Equal(ErrorCode.RebalanceInProgress, a.Heartbeat());
        Assert.Equal(2, a.Join().GenerationId);
        Assert.Equal(2, b.Joined(waiting).GenerationId);
        Assert.Equal((ErrorCode.None, ErrorCode.None), (a.Heartbeat(), b.Heartbeat()));
    }

    [Fact]
    public void A_leader_that_joins_again_rebalances_and_a_follower_does_not()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a, b);
        Assert.Equal((ErrorCode.None, 2), (b.Join().ErrorCode, b.Generation));
        Assert.Equal(ClassicGroupState.Stable, _world.State());
        var waiting = a.StartJoin();
        Assert.False(waiting.IsSet);
        Assert.Equal(ErrorCode.RebalanceInProgress, b.Heartbeat());
        b.Joined(b.StartJoin());
        Assert.Equal((3, 3), (b.Generation, a.Joined(waiting).GenerationId));
    }

    [Fact]
    public void A_follower_with_new_metadata_rebalances_and_the_leader_sees_it()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a, b);
        b.Protocols = [("range", GroupWorld.Bytes("changed"))];
        var waiting = b.StartJoin();
        Assert.False(waiting.IsSet);
        var r = a.Join();
        Assert.Equal("changed", System.Text.Encoding.UTF8.GetString(r.Members.Single(m => m.MemberId == b.Id).Metadata.Span));
        Assert.Equal(3, b.Joined(waiting).GenerationId);
    }

    [Fact]
    public void Repeating_an_unchanged_join_before_the_sync_answers_the_same_generation()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Gather(a, b);
        Assert.Equal((2, 2), (a.Join().GenerationId, a.Join().Members.Count));
        Assert.Equal((2, 0), (b.Join().GenerationId, b.Join().Members.Count));
        Assert.Equal(ClassicGroupState.CompletingRebalance, _world.State());
    }

    [Fact]
    public void The_protocol_is_chosen_by_votes_among_those_everybody_speaks()
    {
        var a = _world.Member("a", protocols: [("x", [1]), ("y", [2]), ("z", [3])]);
        var b = _world.Member("b", protocols: [("z", [4]), ("y", [5])]);
        var c = _world.Member("c", protocols: [("w", [6]), ("z", [7]), ("y", [8])]);
        Assert.Equal("x", a.Join().ProtocolName);
        TestMember.Gather(a, b, c);
        Assert.Equal(["z", "z", "z"], new[] { a, b, c }.Select(m => m.Protocol!));
    }

    [Fact]
    public void A_join_sent_again_elsewhere_releases_the_first_and_waits()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a);
        Reply<JoinGroupResponse> first = b.Come(), second = b.StartJoin();
        Assert.Equal(ErrorCode.RebalanceInProgress, first.Value.ErrorCode);
        Assert.False(second.IsSet);
        a.Join();
        Assert.Equal((ErrorCode.None, 2), (b.Joined(second).ErrorCode, b.Generation));
    }

    [Fact]
    public void A_group_takes_no_more_members_than_allowed()
    {
        var world = new GroupWorld(new GroupOptions { InitialRebalanceDelayMs = 0, MaxSize = 2 });
        TestMember a = world.Member("a"), b = world.Member("b"), c = world.Member("c");
        TestMember.Settle(a, b);
        var r = c.StartJoin().Value;
        Assert.Equal((ErrorCode.GroupMaxSizeReached, ""), (r.ErrorCode, r.MemberId));
        Assert.Equal((ErrorCode.None, ErrorCode.None), (a.Heartbeat(), b.Heartbeat()));
        b.Leave();
        Assert.Equal(ErrorCode.MemberIdRequired, c.StartJoin().Value.ErrorCode);
    }

    [Fact]
    public void A_group_that_is_too_large_when_loaded_shrinks()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a, b);
        var smaller = new GroupWorld(new GroupOptions { InitialRebalanceDelayMs = 0, MaxSize = 1 });
        smaller.Log.AddRange(_world.Log);
        smaller.Failover();
        Assert.Equal(ClassicGroupState.PreparingRebalance, smaller.State());
    }
}
