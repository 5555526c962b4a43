using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

public sealed class OffsetTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void A_consumer_that_is_no_member_keeps_offsets_in_an_empty_group()
    {
        Assert.Equal(ErrorCode.None, _world.Commit("t", 0, 3, metadata: "note", leaderEpoch: 7));
        var stored = _world.Fetch("t", 0).Offset!.Value;
        Assert.Equal((3, 7, "note"), (stored.Offset, stored.LeaderEpoch, stored.Metadata));
        var d = _world.Shard.Describe("g")!;
        Assert.Equal(("Empty", "", "", 0), (d.GroupState, d.ProtocolType, d.ProtocolData, d.Members.Count));
    }

    [Theory]
    [InlineData(2, ErrorCode.IllegalGeneration)]
    [InlineData(8, ErrorCode.IllegalGeneration)]
    [InlineData(9, ErrorCode.GroupIdNotFound)]
    public void A_generation_of_an_unknown_group_is_refused(short version, ErrorCode expected)
    {
        Assert.Equal(expected, _world.Commit("t", 0, 1, 0, "x", version: version));
        Assert.Null(_world.State());
    }

    [Fact]
    public void Without_a_generation_an_empty_group_takes_a_commit_whatever_the_member_says()
    {
        Assert.Equal(ErrorCode.None, _world.Commit("t", 0, 1, member: "x"));
        Assert.Equal(ErrorCode.None, _world.Commit("t", 0, 2, member: "x", instance: "stray"));
        Assert.Equal(2, _world.Position("t"));
    }

    [Fact]
    public void A_living_group_takes_commits_of_its_members_only()
    {
        var a = _world.Member("a");
        TestMember.Settle(a);
        Assert.Equal(ErrorCode.UnknownMemberId, _world.Commit("t", 0, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _world.Commit("t", 0, 1, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _world.Commit("t", 0, 1, 9, "x"));
        Assert.Equal(ErrorCode.IllegalGeneration, a.Commit("t", 1, 0));
        Assert.Equal(ErrorCode.IllegalGeneration, a.Commit("t", 1, 2));
        Assert.Equal(ErrorCode.IllegalGeneration, a.Commit("t", 1, -1));
        Assert.Equal(-1, _world.Position("t"));
        Assert.Equal(ErrorCode.None, a.Commit("t", 1));
        a.Leave();
        Assert.Equal((ErrorCode.None, 3), (_world.Commit("t", 0, 3), _world.Position("t")));
    }

    [Fact]
    public void Members_commit_while_a_rebalance_gathers_but_not_between_join_and_sync()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b");
        TestMember.Settle(a);
        var waiting = b.Come();
        Assert.Equal(ErrorCode.None, a.Commit("t", 1));
        a.Join();
        b.Joined(waiting);
        Assert.Equal((ErrorCode.RebalanceInProgress, ErrorCode.RebalanceInProgress), (a.Commit("t", 2), b.Commit("t", 2)));
        Assert.Equal(ErrorCode.IllegalGeneration, a.Commit("t", 2, 1));
        TestMember.ShareOut(a, b);
        Assert.Equal((ErrorCode.None, 5), (a.Commit("t", 5), _world.Position("t")));
    }

    [Fact]
    public void Metadata_has_a_limit_in_bytes_and_null_is_empty()
    {
        Assert.Equal(ErrorCode.None, _world.Commit("t", 0, 1, metadata: new string('x', 4096)));
        Assert.Equal(ErrorCode.OffsetMetadataTooLarge, _world.Commit("t", 0, 2, metadata: new string('x', 4097)));
        Assert.Equal(ErrorCode.OffsetMetadataTooLarge, _world.Commit("t", 0, 2, metadata: new string('é', 2049)));
        Assert.Equal(1, _world.Position("t"));
        Assert.Equal(ErrorCode.None, _world.Commit("t", 0, 3, metadata: null));
        Assert.Equal("", _world.Fetch("t", 0).Offset!.Value.Metadata);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-5)]
    [InlineData(1L << 40)]
    public void An_offset_is_stored_as_given(long offset)
    {
        _world.Commit("t", 0, 20);
        Assert.Equal((ErrorCode.None, offset), (_world.Commit("t", 0, offset), _world.Position("t")));
    }

    [Fact]
    public void A_commit_of_version_1_keeps_its_own_time()
    {
        _world.Commit("t", 0, 1, version: 1, commitMs: 12345);
        _world.Commit("t", 1, 1, version: 1);
        Assert.Equal((12345, _world.Now.UtcMs), (_world.Fetch("t", 0).Offset!.Value.CommitMs, _world.Fetch("t", 1).Offset!.Value.CommitMs));
    }

    [Fact]
    public void An_unknown_group_or_partition_has_no_offset_and_no_error()
    {
        Assert.Equal((null, ErrorCode.None), (_world.Fetch("t", 0).Offset, _world.Fetch("t", 0).Error));
        Assert.Empty(_world.Shard.Fetch(new OffsetQuery("g", null, false)).Partitions);
        Assert.Null(_world.State());
    }

    [Fact]
    public void Everything_committed_is_listed_in_order()
    {
        _world.Commit("u", 1, 4);
        _world.Commit("t", 2, 3);
        _world.Commit("u", 0, 5);
        Assert.Equal(["t-2", "u-0", "u-1"], _world.Shard.Fetch(new OffsetQuery("g", null, false)).Partitions.Select(p => p.Partition.ToString()));
    }

    [Fact]
    public void A_refused_commit_stores_nothing_and_says_why()
    {
        _world.Commit("t", 0, 1);
        _world.AppendErrors.Enqueue(ErrorCode.NotCoordinator);
        Assert.Equal(ErrorCode.NotCoordinator, _world.Commit("t", 0, 2));
        _world.AppendErrors.Enqueue(ErrorCode.UnknownServerError);
        Assert.Equal(ErrorCode.InvalidCommitOffsetSize, _world.Commit("t", 0, 3));
        Assert.Equal(1, _world.Position("t"));
    }

    [Fact]
    public void Deleting_offsets_writes_tombstones_only_for_what_is_there()
    {
        _world.Commit("t", 0, 1);
        var before = _world.Log.Count;
        Assert.Equal((ErrorCode.None, ErrorCode.None), _world.DeleteOffset("t"));
        Assert.Equal((ErrorCode.None, ErrorCode.None), _world.DeleteOffset("t", 5));
        Assert.Equal((-1, before + 1), (_world.Position("t"), _world.Log.Count));
        Assert.Null(_world.Log[^1].Value);
        Assert.Equal((ErrorCode.GroupIdNotFound, ErrorCode.None), _world.DeleteOffset("t", group: "unknown"));
        Assert.Equal((ErrorCode.InvalidGroupId, ErrorCode.None), _world.DeleteOffset("t", group: ""));
    }

    [Fact]
    public void A_living_consumer_group_lets_go_of_topics_nobody_reads()
    {
        var a = _world.Member("a", protocols: [("range", Subscribed("t"))]);
        TestMember.Settle(a);
        a.Commit("t", 3);
        a.Commit("u", 4);
        Assert.Equal((ErrorCode.None, ErrorCode.GroupSubscribedToTopic), _world.DeleteOffset("t"));
        Assert.Equal((ErrorCode.None, ErrorCode.None), _world.DeleteOffset("u"));
        Assert.Equal((3, -1), (_world.Position("t"), _world.Position("u")));
    }

    [Fact]
    public void Where_the_subscription_cannot_be_read_every_topic_counts_as_read()
    {
        // More topics claimed than bytes are there: no reason to fail the join (and Kafka does).
        var a = _world.Member("a", protocols: [("range", [0, 0, 127, 255, 255, 255])]);
        TestMember.Settle(a);
        a.Commit("t", 3);
        Assert.Equal((ErrorCode.None, ErrorCode.GroupSubscribedToTopic), _world.DeleteOffset("t"));
    }

    [Fact]
    public void A_living_group_of_another_kind_lets_go_of_nothing()
    {
        var a = _world.Member("a", type: "connect");
        TestMember.Settle(a);
        a.Commit("t", 3);
        Assert.Equal((ErrorCode.NonEmptyGroup, ErrorCode.None), _world.DeleteOffset("t"));
    }

    [Fact]
    public void Deleting_a_group_takes_its_offsets_and_its_generation()
    {
        var a = _world.Member("a");
        TestMember.Settle(a);
        a.Commit("t", 4);
        Assert.Equal(ErrorCode.NonEmptyGroup, _world.DeleteGroup());
        a.Leave();
        Assert.Equal(ErrorCode.None, _world.DeleteGroup());
        Assert.Equal((null, -1, ErrorCode.GroupIdNotFound), (_world.State(), _world.Position("t"), _world.DeleteGroup()));
        Assert.Equal(1, _world.Member("b").Join().GenerationId);
    }

    [Fact]
    public void The_largest_group_can_be_deleted_in_pieces()
    {
        string topic = new('t', 249);
        for (var i = 0; i < 5_000; i++)
        {
            _world.Commit(topic, i, 1);
        }

        _world.Batches.Clear();
        Assert.Equal(ErrorCode.None, _world.DeleteGroup());
        Assert.True(_world.Batches.Count > 1);
        Assert.Null(_world.State());
        Assert.Empty(_world.Shard.Offsets.Of("g"));
    }

    [Fact]
    public void The_group_without_a_name_keeps_offsets_like_any_other()
    {
        Assert.Equal(ErrorCode.None, _world.Commit("t", 0, 9, group: ""));
        Assert.Equal(ErrorCode.UnknownMemberId, _world.Commit("t", 0, 1, 1, "x", group: "", version: 9));
        Assert.Equal((9, "Empty"), (_world.Position("t", group: ""), _world.Shard.Describe("")!.GroupState));
        Assert.Equal((ErrorCode.None, ErrorCode.GroupIdNotFound), (_world.DeleteGroup(""), _world.DeleteGroup("")));
    }

    [Fact]
    public void A_deleted_topic_takes_its_offsets_along_in_every_group()
    {
        _world.Commit("t", 0, 1);
        _world.Commit("t", 1, 1, group: "h");
        _world.Commit("u", 0, 2);
        _world.Run(_world.Shard.OnTopicsDeleted(new HashSet<string> { "t" }));
        Assert.Equal((-1, -1, 2), (_world.Position("t"), _world.Position("t", 1, "h"), _world.Position("u")));
    }

    internal static byte[] Subscribed(params string[] topics)
    {
        using var writer = new Ouzel.Protocol.Wire.WireWriter();
        writer.WriteInt16(1);
        new ConsumerProtocolSubscription { Topics = [.. topics] }.Write(writer, 1);
        return writer.WrittenSpan.ToArray();
    }
}
