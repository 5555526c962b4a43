using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Tests.Groups;

public sealed class ForeignGroupTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void A_consumer_group_is_listed_with_its_kind_and_state_and_is_no_classic_group()
    {
        Consumer(members: 1);
        var listed = Assert.Single(_world.Shard.List());
        Assert.Equal(("g", "consumer", "consumer", "Stable"), (listed.GroupId, listed.ProtocolType, listed.GroupType, listed.GroupState));
        Assert.Null(_world.Shard.Describe("g"));
        Assert.Null(_world.State());
    }

    [Fact]
    public void The_state_of_a_consumer_group_follows_from_its_records()
    {
        Consumer(members: 1);
        Write(3, new ConsumerGroupMetadataKey { GroupId = "g" }, new ConsumerGroupMetadataValue { Epoch = 2 });
        Assert.Equal("Assigning", _world.Shard.List().Single().GroupState);
        Write(6, new ConsumerGroupTargetAssignmentMetadataKey { GroupId = "g" }, new ConsumerGroupTargetAssignmentMetadataValue { AssignmentEpoch = 2 });
        Assert.Equal("Reconciling", _world.Shard.List().Single().GroupState);
    }

    [Fact]
    public void A_classic_join_is_refused_while_it_has_members()
    {
        Consumer(members: 1);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _world.Member("a").StartJoin().Value.ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, _world.Member("a").Heartbeat(1, "x"));
    }

    [Fact]
    public void An_empty_consumer_group_makes_room_and_keeps_its_offsets()
    {
        Consumer(members: 0);
        _world.Commit("t", 0, 8);
        var a = _world.Member("a");
        TestMember.Settle(a);
        Assert.Equal((1, 8), (a.Generation, _world.Position("t")));
        var again = _world.Reloaded();
        Assert.Empty(again.ForeignGroups);
        Assert.Equal("Stable", again.Describe("g")!.GroupState);
    }

    [Fact]
    public void An_empty_consumer_group_is_deleted_with_all_its_records()
    {
        Consumer(members: 0);
        _world.Commit("t", 0, 8);
        var before = _world.Log.Count;
        Assert.Equal(ErrorCode.None, _world.DeleteGroup());
        Assert.Equal([1, 6, 4, 3], _world.Log.Skip(before).Select(r => (int)r.Key[1]));
        Assert.All(_world.Log.Skip(before), r => Assert.Null(r.Value));
        Assert.Empty(_world.Shard.List());
        Assert.Empty(_world.Reloaded().ForeignGroups);
    }

    [Fact]
    public void Members_of_another_protocol_commit_with_their_stored_epoch()
    {
        Consumer(members: 1);
        Assert.Equal(ErrorCode.UnknownMemberId, _world.Commit("t", 0, 1, version: 9));
        Assert.Equal(ErrorCode.UnknownMemberId, _world.Commit("t", 0, 1, 1, "x", version: 9));
        Assert.Equal(ErrorCode.UnsupportedVersion, _world.Commit("t", 0, 1, 1, "m0", version: 8));
        Assert.Equal(ErrorCode.StaleMemberEpoch, _world.Commit("t", 0, 1, 2, "m0", version: 9));
        Assert.Equal(ErrorCode.None, _world.Commit("t", 0, 5, 1, "m0", version: 9));
        Assert.Equal(5, _world.Position("t"));
        Assert.Equal(ErrorCode.StaleMemberEpoch, _world.Shard.Fetch(new OffsetQuery("g", null, false, "m0", 9)).Error);
        Assert.Equal(ErrorCode.NonEmptyGroup, _world.DeleteGroup());
        Assert.Equal((ErrorCode.None, ErrorCode.GroupSubscribedToTopic), _world.DeleteOffset("t"));
    }

    [Fact]
    public void A_share_group_takes_neither_classic_members_nor_offsets()
    {
        Write(11, new ShareGroupMetadataKey { GroupId = "g" }, new ShareGroupMetadataValue { Epoch = 1 });
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _world.Member("a").StartJoin().Value.ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, _world.Commit("t", 0, 1, version: 9));
        Assert.Equal(ErrorCode.UnsupportedVersion, _world.DeleteGroup());
        Assert.Equal(("share", "share", "Empty"), _world.Shard.List().Select(g => (g.ProtocolType, g.GroupType, g.GroupState)).Single());
    }

    [Fact]
    public void Offsets_that_come_before_the_group_in_a_compacted_log_belong_to_it()
    {
        _world.Commit("t", 0, 8);
        Consumer(members: 1);
        Assert.Null(_world.State());
        Assert.Equal(8, _world.Position("t"));
    }

    [Fact]
    public void Tombstones_of_what_nobody_knows_are_nothing()
    {
        Write(8, new ConsumerGroupCurrentMemberAssignmentKey { GroupId = "g", MemberId = "m" }, null);
        Write(2, new GroupMetadataKey { group = "g" }, null);
        Write(1, new OffsetCommitKey { group = "g", topic = "t" }, null);
        Assert.Empty(_world.Shard.List());
    }

    [Fact]
    public void A_record_type_of_a_later_version_is_left_alone()
    {
        _world.Shard.Apply(0, -1, new byte[] { 3, 231, 0, 1, 97 }, new byte[] { 0, 0 });
        Assert.Empty(_world.Shard.List());
    }

    [Theory]
    [InlineData("00", "0000")]
    [InlineData("00010005", "0000")]
    [InlineData(null, "0000")]
    [InlineData("0002000161", "00")]
    [InlineData("0002000161", "0063")]
    [InlineData("0002000161", "00030001")]
    [InlineData("0002000161", "")]
    public void A_record_that_cannot_be_read_stops_the_loading(string? key, string value) => Assert.Throws<InvalidDataException>(() =>
        _world.Shard.Apply(0, -1, key is null ? null : Convert.FromHexString(key), Convert.FromHexString(value)));

    private void Consumer(int members)
    {
        for (var i = 0; i < members; i++)
        {
            Write(5, new ConsumerGroupMemberMetadataKey { GroupId = "g", MemberId = $"m{i}" }, new ConsumerGroupMemberMetadataValue { SubscribedTopicNames = ["t"] });
        }

        Write(3, new ConsumerGroupMetadataKey { GroupId = "g" }, new ConsumerGroupMetadataValue { Epoch = 1 });
        Write(6, new ConsumerGroupTargetAssignmentMetadataKey { GroupId = "g" }, new ConsumerGroupTargetAssignmentMetadataValue { AssignmentEpoch = 1 });
        for (var i = 0; i < members; i++)
        {
            Write(8, new ConsumerGroupCurrentMemberAssignmentKey { GroupId = "g", MemberId = $"m{i}" }, new ConsumerGroupCurrentMemberAssignmentValue { MemberEpoch = 1 });
        }
    }

    private void Write(short type, IWireMessage key, IWireMessage? value) =>
        _world.Run(new CoordinatorStep([new CoordinatorRecord(Bytes(type, key), value is null ? null : Bytes(0, value))]));

    private static byte[] Bytes(short prefix, IWireMessage message)
    {
        using var writer = new WireWriter();
        writer.WriteInt16(prefix);
        message.Write(writer, 0);
        return writer.WrittenSpan.ToArray();
    }
}
