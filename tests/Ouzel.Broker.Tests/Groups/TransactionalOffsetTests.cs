using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Groups;

public sealed class TransactionalOffsetTests
{
    private readonly GroupWorld _world = new();
    private long _offset = 1_000;

    [Fact]
    public void An_offset_in_an_open_transaction_is_not_seen_and_holds_back_who_wants_stable_ones()
    {
        _world.Commit("t", 0, 1);
        Write(7, "t", 0, 50);
        Assert.Equal(1, _world.Position("t"));
        Assert.Equal((ErrorCode.UnstableOffsetCommit, null), (_world.Fetch("t", 0, stable: true).Error, _world.Fetch("t", 0, stable: true).Offset));
        Assert.Equal(ErrorCode.None, _world.Fetch("t", 1, stable: true).Error);
        _world.Shard.ApplyMarker(7, commit: true);
        Assert.Equal((50, ErrorCode.None), (_world.Position("t"), _world.Fetch("t", 0, stable: true).Error));
    }

    [Fact]
    public void An_aborted_transaction_changes_nothing()
    {
        _world.Commit("t", 0, 1);
        Write(7, "t", 0, 50);
        _world.Shard.ApplyMarker(7, commit: false);
        Assert.Equal((1, ErrorCode.None), (_world.Position("t"), _world.Fetch("t", 0, stable: true).Error));
    }

    [Fact]
    public void A_later_plain_commit_beats_the_pending_one()
    {
        Write(7, "t", 0, 50);
        _world.Shard.Apply(_offset++, -1, Plain("t", 0, 9).Key, Plain("t", 0, 9).Value);
        _world.Shard.ApplyMarker(7, commit: true);
        Assert.Equal(9, _world.Position("t"));
    }

    [Fact]
    public void A_partition_is_unstable_until_the_last_transaction_on_it_ends()
    {
        Write(7, "t", 0, 50);
        Write(8, "t", 0, 60);
        _world.Shard.ApplyMarker(7, commit: true);
        Assert.Equal(ErrorCode.UnstableOffsetCommit, _world.Fetch("t", 0, stable: true).Error);
        _world.Shard.ApplyMarker(8, commit: true);
        Assert.Equal((60, ErrorCode.None), (_world.Position("t"), _world.Fetch("t", 0, stable: true).Error));
    }

    [Fact]
    public void Asking_for_everything_lists_pending_partitions_that_have_an_offset_and_omits_the_others()
    {
        _world.Commit("t", 0, 1);
        _world.Commit("t", 1, 1);
        Write(7, "t", 0, 50);
        Write(7, "t", 2, 50);
        Assert.Equal(
            [("t-0", ErrorCode.UnstableOffsetCommit), ("t-1", ErrorCode.None)],
            _world.Shard.Fetch(new OffsetQuery("g", null, true)).Partitions.Select(p => (p.Partition.ToString(), p.Error)));
    }

    [Fact]
    public void A_group_known_by_a_pending_offset_alone_is_an_empty_one_and_does_not_expire()
    {
        Write(7, "t", 0, 50);
        _world.Advance(30L * 86_400_000);
        Assert.Equal(ClassicGroupState.Empty, _world.State());
    }

    [Fact]
    public void Ends_of_transactions_without_offsets_here_are_nothing()
    {
        _world.Commit("t", 0, 1);
        _world.Shard.ApplyMarker(99, commit: true);
        Assert.Equal((1, ErrorCode.None), (_world.Position("t"), _world.Fetch("t", 0, stable: true).Error));
    }

    private void Write(long producerId, string topic, int partition, long offset)
    {
        var record = Plain(topic, partition, offset);
        _world.Shard.Apply(_offset++, producerId, record.Key, record.Value);
    }

    private CoordinatorRecord Plain(string topic, int partition, long offset) => GroupRecords.Offset(
        "g", new TopicPartition(topic, partition), new CommittedOffset(offset, -1, "", _world.Now.UtcMs, null, Uuid.Zero));
}
