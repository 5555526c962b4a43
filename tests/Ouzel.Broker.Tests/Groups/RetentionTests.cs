using Ouzel.Broker.Groups;
using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Groups;

public sealed class RetentionTests
{
    private const long DayMs = 86_400_000;
    private readonly GroupWorld _world = new();

    [Fact]
    public void Offsets_of_a_group_without_members_expire_seven_days_after_each_commit()
    {
        _world.Commit("t", 0, 1);
        _world.Advance(4 * DayMs);
        _world.Commit("t", 1, 1);
        _world.Advance(4 * DayMs);
        Assert.Equal((-1, 1), (_world.Position("t"), _world.Position("t", 1)));
        _world.Advance(4 * DayMs);
        Assert.Equal((-1, null), (_world.Position("t", 1), _world.State()));
    }

    [Fact]
    public void Retention_begins_when_the_group_empties()
    {
        var a = _world.Member("a", sessionMs: 1_800_000);
        TestMember.Settle(a);
        a.Commit("t", 1);
        for (var i = 0; i < 800; i++)
        {
            _world.Advance(1_200_000);
            Assert.Equal(ErrorCode.None, a.Heartbeat());
        }

        Assert.Equal(1, _world.Position("t"));
        a.Leave();
        _world.Advance((7 * DayMs) - 3_600_000);
        Assert.Equal(1, _world.Position("t"));
        _world.Advance(7_200_000);
        Assert.Equal((-1, null), (_world.Position("t"), _world.State()));
    }

    [Fact]
    public void In_a_living_group_only_offsets_nobody_reads_expire()
    {
        var a = _world.Member("a", sessionMs: 1_800_000, protocols: [("range", OffsetTests.Subscribed("t"))]);
        TestMember.Settle(a);
        a.Commit("t", 1);
        a.Commit("u", 1);
        for (var i = 0; i < 8 * 72; i++)
        {
            _world.Advance(1_200_000);
            a.Heartbeat();
        }

        Assert.Equal((1, -1, ClassicGroupState.Stable), (_world.Position("t"), _world.Position("u"), _world.State()));
    }

    [Fact]
    public void An_offset_may_have_a_time_of_its_own()
    {
        _world.Commit("t", 0, 1, version: 4, retentionMs: 3_600_000);
        _world.Commit("t", 1, 1, version: 4, retentionMs: 30 * DayMs);
        _world.Advance(7_200_000);
        Assert.Equal((-1, 1), (_world.Position("t"), _world.Position("t", 1)));
        _world.Advance(20 * DayMs);
        Assert.Equal(1, _world.Position("t", 1));
    }

    [Fact]
    public void A_missing_expiry_is_not_an_expiry_at_zero()
    {
        _world.Commit("t", 0, 1);
        _world.Failover();
        _world.Advance(DayMs);
        Assert.Equal(1, _world.Position("t"));
    }

    [Fact]
    public void A_group_without_offsets_and_members_goes_at_the_next_look()
    {
        var a = _world.Member("a");
        TestMember.Settle(a);
        a.Leave();
        _world.Advance(600_000);
        Assert.Null(_world.State());
        Assert.Empty(_world.Reloaded().Groups);
    }

    [Fact]
    public void A_group_with_an_id_handed_out_is_not_taken_away_under_it()
    {
        var a = _world.Member("a", sessionMs: 1_000_000);
        a.Id = a.StartJoin().Value.MemberId;
        _world.Advance(650_000);
        Assert.Equal(1, a.Join().GenerationId);
    }

    [Fact]
    public void A_wall_clock_that_is_put_forward_expires_no_session()
    {
        var a = _world.Member("a", sessionMs: 10_000);
        TestMember.Settle(a);
        var later = new Ouzel.Broker.Coordination.CoordinatorMoment(_world.Now.UtcMs + DayMs, _world.Now.TicksMs + 1);
        Assert.True(_world.Shard.NextDeadlineMs > later.TicksMs);
    }
}
