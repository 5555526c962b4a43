using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

public sealed class GroupMemoryTests
{
    private const long Room = 64 * 1024;
    private readonly GroupWorld _world = new(memoryBytesMax: Room);

    [Fact]
    public void Commits_beyond_the_share_are_told_to_come_back_and_what_is_there_goes_on()
    {
        string metadata = new('m', 4_096);
        var stored = 0;
        while (_world.Commit("t", stored, 1, metadata: metadata, group: $"g{stored}") is var error && error != ErrorCode.CoordinatorNotAvailable)
        {
            Assert.Equal(ErrorCode.None, error);
            Assert.True(++stored < 100);
        }

        Assert.True(stored > 1);
        Assert.InRange(_world.Memory.Taken, 1, Room);
        Assert.Equal(ErrorCode.None, _world.Commit("t", 0, 2, metadata: metadata, group: "g0"));
        Assert.Single(_world.Heard.Lines, l => l.Text.Contains("their share", StringComparison.Ordinal));
        Assert.Equal(ErrorCode.None, _world.DeleteGroup("g1"));
        Assert.Equal(ErrorCode.None, _world.Commit("t", 0, 2, metadata: metadata, group: "new"));
    }

    [Fact]
    public void What_one_shard_takes_ahead_no_other_gets_and_what_it_did_not_need_comes_back()
    {
        var memory = GroupWorld.MemoryOf(100, _world.Heard);
        using GroupMeter one = new(memory), other = new(memory);
        Assert.True(one.TryHold(60));
        Assert.False(other.TryHold(60));
        one.Add(40);
        one.Add(-40);
        one.Add(50);
        Assert.Equal(60, memory.Taken);
        Assert.False(other.TryHold(60));
        one.EndHold();
        Assert.Equal((50, 50), (one.Bytes, memory.Taken));
        Assert.True(other.TryHold(50));
        other.Dispose();
        Assert.Equal(50, memory.Taken);
    }

    [Fact]
    public void Nothing_is_held_once_an_operation_is_over()
    {
        var small = _world.Member("small");
        small.Join();
        small.Sync(new() { [small.Id] = [1] });
        _world.Commit("t", 0, 1, metadata: "some", group: "h");
        _world.Commit("t", 0, 2, metadata: "", group: "h");
        Assert.Equal(_world.Shard.Bytes, _world.Memory.Taken);
    }

    [Fact]
    public void Members_beyond_the_share_are_told_to_come_back()
    {
        var members = 0;
        JoinGroupResponse last;
        do
        {
            last = _world.Member($"m{members}", group: $"g{members}", version: 3).StartJoin().Value;
            Assert.True(++members < 100);
        }
        while (last.ErrorCode == ErrorCode.None);

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, last.ErrorCode);
        Assert.InRange(_world.Memory.Taken, 1, Room);
        Assert.DoesNotContain($"g{members - 1}", _world.Shard.Groups.Keys);
    }

    [Fact]
    public void What_a_member_says_of_itself_and_the_parts_of_a_plan_are_bounded_too()
    {
        var large = _world.Member("large", protocols: [("range", new byte[Room])]);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, large.StartJoin().Value.ErrorCode);
        var small = _world.Member("small");
        small.Join();
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, small.StartSync(new() { [small.Id] = new byte[Room] }).Value.ErrorCode);
        Assert.Equal(ErrorCode.None, small.Sync(new() { [small.Id] = [1] }).ErrorCode);
        small.Protocols = [("range", new byte[Room])];
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, small.StartJoin().Value.ErrorCode);
        Assert.Equal(ErrorCode.None, small.Heartbeat());
    }

    [Fact]
    public void Ids_that_nobody_came_back_with_make_room_after_a_while()
    {
        var groups = 0;
        while (_world.Member("m", group: $"g{groups}", sessionMs: 1_800_000).StartJoin().Value.ErrorCode == ErrorCode.MemberIdRequired)
        {
            Assert.True(++groups < 1_000);
        }

        _world.Advance(9_000);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _world.Member("m", group: "early").StartJoin().Value.ErrorCode);
        _world.Advance(2_000);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _world.Member("m", group: "new").StartJoin().Value.ErrorCode);
        Assert.Empty(_world.Shard.Groups);
        Assert.Equal(0, _world.Memory.Taken);
        Assert.Equal(ErrorCode.MemberIdRequired, _world.Member("m", group: "new").StartJoin().Value.ErrorCode);
    }

    [Fact]
    public void Nothing_is_left_of_groups_that_are_gone()
    {
        TestMember a = _world.Member("a", protocols: [("range", OffsetTests.Subscribed("t"))]), b = _world.Member("b"), c = _world.Member("c", instance: "i");
        TestMember.Settle(a, b, c);
        a.Commit("t", 1);
        a.Commit("u", 1);
        a.Commit("t", 2);
        Assert.True(_world.Memory.Taken > 0);
        a.Protocols = [("range", new byte[2_000])];
        a.StartJoin();
        _world.Advance(4_000_000);
        Assert.Equal(ClassicGroupState.Empty, _world.State());
        Assert.Equal(ErrorCode.None, _world.DeleteGroup());
        Assert.Equal((0, 0), (_world.Shard.Bytes, _world.Memory.Taken));
    }

    [Fact]
    public void A_shard_that_goes_gives_back_what_it_took_and_a_new_one_takes_as_much()
    {
        _world.Commit("t", 0, 1, metadata: "some", group: "h");
        var taken = _world.Memory.Taken;
        _world.Failover();
        Assert.Equal(taken, _world.Memory.Taken);
        _world.Shard.Dispose();
        Assert.Equal(0, _world.Memory.Taken);
    }

    [Fact]
    public void What_cannot_be_kept_is_not_loaded()
    {
        for (var i = 0; i < 10; i++)
        {
            _world.Commit("t", 0, 1, metadata: new string('m', 1_000), group: $"g{i}");
        }

        var memory = GroupWorld.MemoryOf(4_096, _world.Heard);
        using var shard = new GroupShard(_world.Options, () => "", memory, _world.Heard);
        Assert.Throws<InsufficientMemoryException>(() =>
        {
            foreach (var (record, i) in _world.Log.Select((r, i) => (r, i)))
            {
                shard.Apply(i, -1, record.Key, record.Value);
            }
        });
    }
}
