using System.Text;
using Ouzel.Client.Hosting.Handling;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Hosting.Tests.Handling;

/// <summary>The window of a handler: records that may be begun, offsets that may be committed.</summary>
public sealed class RecordWindowTests
{
    private static readonly TopicPartition Partition = new("t", 0);
    private static readonly TopicPartition Other = new("t", 1);

    [Fact]
    public void Records_of_other_keys_are_begun_at_once_and_those_of_one_key_one_after_the_other()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);

        var begun = window.Add(Partition, Records("a", "b", "a", "a"), 4);

        Assert.Equal([0L, 1L], Offsets(begun));
        Assert.Equal(2, window.End(begun[0], isHandled: true)!.Raw.Position.Offset);
        Assert.Null(window.End(begun[1], isHandled: true));
    }

    [Fact]
    public void Records_without_a_key_come_one_after_the_other()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);

        Assert.Equal([0L], Offsets(window.Add(Partition, Records(null, null), 2)));
    }

    [Fact]
    public void In_order_of_the_partition_only_other_partitions_go_on_beside()
    {
        var window = new RecordWindow(100, isOrderedByKey: false);

        Assert.Single(window.Add(Partition, Records("a", "b"), 2));
        Assert.Single(window.Add(Other, Records("a", "b"), 2));
    }

    [Fact]
    public void Only_what_lies_before_the_first_record_that_is_not_handled_may_be_committed()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);
        var begun = window.Add(Partition, Records("a", "b", "c"), 3);

        window.End(begun[1], isHandled: true);
        Assert.Empty(window.Committable());
        window.End(begun[0], isHandled: true);
        Assert.Equal(2, Assert.Single(window.Committable()).Offset.Offset);
        window.End(begun[2], isHandled: true);
        Assert.Equal(3, Assert.Single(window.Committable()).Offset.Offset);
    }

    [Fact]
    public void Behind_the_last_record_of_a_batch_the_batchs_end_is_committed()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);
        var begun = window.Add(Partition, Records("a"), nextOffset: 9);

        window.End(begun[0], isHandled: true);

        Assert.Equal(9, Assert.Single(window.Committable()).Offset.Offset);
    }

    [Fact]
    public void What_was_committed_is_not_committed_again_and_what_came_meanwhile_is()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);
        var begun = window.Add(Partition, Records("a", "b"), 2);
        window.End(begun[0], isHandled: true);
        var first = window.Committable();
        window.End(begun[1], isHandled: true);

        window.OnCommitted(first);
        Assert.Equal(2, Assert.Single(window.Committable()).Offset.Offset);
        window.OnCommitted(window.Committable());
        Assert.Empty(window.Committable());
    }

    [Fact]
    public void A_closed_partition_begins_nothing_and_what_runs_still_counts()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);
        var begun = window.Add(Partition, Records("a", "a"), 2);

        var closed = window.Close([Partition]);
        Assert.False(closed[0].Idle.IsCompleted);
        Assert.Null(window.End(begun[0], isHandled: true));

        Assert.True(closed[0].Idle.IsCompleted);
        Assert.Equal(1, Assert.Single(window.CommittableOf(closed)).Offset.Offset);
        Assert.Empty(window.Committable());
    }

    [Fact]
    public void After_a_stop_nothing_is_begun_and_what_runs_still_counts()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);
        var begun = window.Add(Partition, Records("a", "a"), 2);

        window.Stop();
        Assert.Empty(window.Add(Other, Records("b"), 1));
        Assert.Null(window.End(begun[0], isHandled: true));

        Assert.Equal(1, Assert.Single(window.Committable()).Offset.Offset);
        Assert.All(window.CloseAll(), p => Assert.True(p.Idle.IsCompleted));
    }

    [Fact]
    public void A_record_that_was_given_up_holds_back_what_lies_behind_it()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);
        var begun = window.Add(Partition, Records("a", "b"), 2);

        window.End(begun[0], isHandled: false);
        window.End(begun[1], isHandled: true);

        Assert.Empty(window.Committable());
    }

    [Fact]
    public void A_partition_that_comes_back_begins_anew()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);
        var before = window.Add(Partition, Records("a"), 1);
        window.Close([Partition]);

        var begun = window.Add(Partition, Records("a"), 1);
        window.End(before[0], isHandled: true);
        Assert.Empty(window.Committable());
        window.End(begun[0], isHandled: true);
        Assert.Single(window.Committable());
    }

    [Fact]
    public void The_window_is_full_until_its_first_records_are_handled()
    {
        var window = new RecordWindow(2, isOrderedByKey: true);
        var begun = window.Add(Partition, Records("a", "b"), 2);
        var room = window.NextRoom;

        window.End(begun[1], isHandled: true);
        Assert.True(window.IsFull);
        window.End(begun[0], isHandled: true);

        Assert.False(window.IsFull);
        Assert.True(room.IsCompleted);
    }

    [Fact]
    public void A_partition_that_goes_makes_room()
    {
        var window = new RecordWindow(2, isOrderedByKey: true);
        var begun = window.Add(Partition, Records("a", "b"), 2);

        window.Close([Partition]);
        Assert.False(window.IsFull);
        window.End(begun[0], isHandled: true);
        window.Add(Other, Records("a"), 1);

        Assert.False(window.IsFull);
    }

    private static List<Record<byte[], byte[]>> Records(params string?[] keys) =>
        [.. keys.Select((k, i) => new Record<byte[], byte[]>(new TopicPartitionOffset(Partition, i), DateTimeOffset.UnixEpoch, TimestampType.CreateTime, k is null ? null : Encoding.UTF8.GetBytes(k), [], []))];

    private static IEnumerable<long> Offsets(List<PendingRecord> records) => records.Select(r => r.Raw.Position.Offset);
}
