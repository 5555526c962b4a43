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
        var window = Open(100, isOrderedByKey: true);

        var begun = Add(window, Partition, Records("a", "b", "a", "a"), 4);

        Assert.Equal([0L, 1L], Offsets(begun));
        Assert.Equal(2, window.End(begun[0], isHandled: true)!.Raw.Position.Offset);
        Assert.Null(window.End(begun[1], isHandled: true));
    }

    [Fact]
    public void Records_without_a_key_come_one_after_the_other()
    {
        var window = Open(100, isOrderedByKey: true);

        Assert.Equal([0L], Offsets(Add(window, Partition, Records(null, null), 2)));
    }

    [Fact]
    public void In_order_of_the_partition_only_other_partitions_go_on_beside()
    {
        var window = Open(100, isOrderedByKey: false);

        Assert.Single(Add(window, Partition, Records("a", "b"), 2));
        Assert.Single(Add(window, Other, Records("a", "b"), 2));
    }

    [Fact]
    public void Only_what_lies_before_the_first_record_that_is_not_handled_may_be_committed()
    {
        var window = Open(100, isOrderedByKey: true);
        var begun = Add(window, Partition, Records("a", "b", "c"), 3);

        window.End(begun[1], isHandled: true);
        Assert.Equal(0, Assert.Single(window.Committable()).Offset.Offset);
        window.End(begun[0], isHandled: true);
        Assert.Equal(2, Assert.Single(window.Committable()).Offset.Offset);
        window.End(begun[2], isHandled: true);
        Assert.Equal(3, Assert.Single(window.Committable()).Offset.Offset);
    }

    [Fact]
    public void Behind_the_last_record_of_a_batch_the_batchs_end_is_committed()
    {
        var window = Open(100, isOrderedByKey: true);
        var begun = Add(window, Partition, Records("a"), 9);

        window.End(begun[0], isHandled: true);

        Assert.Equal(9, Assert.Single(window.Committable()).Offset.Offset);
    }

    [Fact]
    public void What_was_committed_is_not_committed_again_and_what_came_meanwhile_is()
    {
        var window = Open(100, isOrderedByKey: true);
        var begun = Add(window, Partition, Records("a", "b"), 2);
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
        var window = Open(100, isOrderedByKey: true);
        var begun = Add(window, Partition, Records("a", "a"), 2);

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
        var window = Open(100, isOrderedByKey: true);
        var begun = Add(window, Partition, Records("a", "a"), 2);

        window.Stop();
        Assert.Empty(Add(window, Other, Records("b"), 1));
        Assert.Null(window.End(begun[0], isHandled: true));

        Assert.Equal([1, 0], window.Committable().Select(c => c.Offset.Offset));
        Assert.All(window.CloseAll(), p => Assert.True(p.Idle.IsCompleted));
    }

    [Fact]
    public void A_record_that_was_given_up_holds_back_what_lies_behind_it()
    {
        var window = Open(100, isOrderedByKey: true);
        var begun = Add(window, Partition, Records("a", "b"), 2);

        window.End(begun[0], isHandled: false);
        window.End(begun[1], isHandled: true);

        Assert.Equal(0, Assert.Single(window.Committable()).Offset.Offset);
    }

    [Fact]
    public void A_partition_that_comes_back_begins_anew()
    {
        var window = Open(100, isOrderedByKey: true);
        var before = Add(window, Partition, Records("a"), 1);
        window.Close([Partition]);
        window.Open([Partition]);

        var begun = Add(window, Partition, Records("a"), 1);
        window.End(before[0], isHandled: true);
        Assert.Equal(0, Assert.Single(window.Committable()).Offset.Offset);
        window.End(begun[0], isHandled: true);
        Assert.Equal(1, Assert.Single(window.Committable()).Offset.Offset);
    }

    [Fact]
    public void Before_anything_is_handled_the_first_record_that_was_read_is_the_place_to_begin_at()
    {
        var window = Open(100, isOrderedByKey: true);
        Assert.Empty(window.Committable());

        Add(window, Partition, Records(7, "a", "b"), 9);
        Add(window, Partition, Records(9, "c"), 10);

        Assert.Equal(new TopicPartitionOffset(Partition, 7), Assert.Single(window.Committable()).Offset);
        window.OnCommitted(window.Committable());
        Assert.Empty(window.Committable());
    }

    [Fact]
    public void A_partition_that_is_not_open_takes_nothing()
    {
        var window = new RecordWindow(100, isOrderedByKey: true);

        Assert.False(window.TryAdd(Partition, Records("a"), 1, out var begun));
        Assert.Empty(begun);
        window.Open([Partition]);
        Add(window, Partition, Records("a"), 1);
        window.Close([Partition]);
        Assert.False(window.TryAdd(Partition, Records("a"), 1, out begun));

        Assert.Empty(begun);
        Assert.Empty(window.Committable());
        Assert.Empty(window.CloseAll());
    }

    [Fact]
    public void To_open_a_partition_again_changes_nothing()
    {
        var window = Open(100, isOrderedByKey: true);
        Add(window, Partition, Records("a"), 1);

        window.Open([Partition]);

        Assert.Single(window.Committable());
    }

    [Fact]
    public void A_partition_is_full_until_its_first_records_are_handled()
    {
        var window = Open(2, isOrderedByKey: true);
        var begun = Add(window, Partition, Records("a", "b"), 2);
        var room = window.NextRoom;

        window.End(begun[1], isHandled: true);
        Assert.True(window.IsFull(Partition));
        window.End(begun[0], isHandled: true);

        Assert.False(window.IsFull(Partition));
        Assert.True(room.IsCompleted);
    }

    [Fact]
    public void Each_partition_has_a_window_of_its_own()
    {
        var window = Open(2, isOrderedByKey: true);
        Add(window, Partition, Records("a", "b"), 2);

        Assert.Equal((true, false, false), (window.IsFull(Partition), window.IsFull(Other), window.AreAllFull));
        Add(window, Other, Records("a", "b"), 2);
        Assert.Equal((true, true, true), (window.IsFull(Partition), window.IsFull(Other), window.AreAllFull));
    }

    [Fact]
    public void Half_of_a_window_is_free_when_half_of_its_records_are_handled()
    {
        var window = Open(4, isOrderedByKey: true);
        var begun = Add(window, Partition, Records("a", "b", "c", "d"), 4);

        window.End(begun[0], isHandled: true);
        Assert.Equal((false, false), (window.IsFull(Partition), window.IsHalfFree(Partition)));
        window.End(begun[1], isHandled: true);

        Assert.True(window.IsHalfFree(Partition));
    }

    [Fact]
    public void A_full_partition_that_goes_ends_the_wait_for_room()
    {
        var window = Open(2, isOrderedByKey: true);
        var begun = Add(window, Partition, Records("a", "b"), 2);
        var room = window.NextRoom;

        window.Close([Partition]);
        Assert.False(window.IsFull(Partition));
        Assert.True(room.IsCompleted);
        window.End(begun[0], isHandled: true);
        window.Open([Partition]);
        Add(window, Partition, Records("a"), 1);

        Assert.False(window.IsFull(Partition));
    }

    private static RecordWindow Open(int recordsMax, bool isOrderedByKey)
    {
        var window = new RecordWindow(recordsMax, isOrderedByKey);
        window.Open([Partition, Other]);
        return window;
    }

    private static List<PendingRecord> Add(RecordWindow window, TopicPartition partition, List<Record<byte[], byte[]>> records, long nextOffset)
    {
        Assert.True(window.TryAdd(partition, records, nextOffset, out var begun));
        return begun;
    }

    private static List<Record<byte[], byte[]>> Records(params string?[] keys) => Records(0, keys);

    private static List<Record<byte[], byte[]>> Records(long first, params string?[] keys) =>
        [.. keys.Select((k, i) => new Record<byte[], byte[]>(new TopicPartitionOffset(Partition, first + i), DateTimeOffset.UnixEpoch, TimestampType.CreateTime, k is null ? null : Encoding.UTF8.GetBytes(k), [], []))];

    private static IEnumerable<long> Offsets(List<PendingRecord> records) => records.Select(r => r.Raw.Position.Offset);
}
