using Ouzel.Storage.Compaction;

namespace Ouzel.Storage.Tests.Compaction;

public sealed class CompactionPlanTests
{
    private const long Now = 1_000_000;
    private static readonly LogOptions Options = LogOptions.Default with { Compact = true, SegmentBytes = 250, SegmentIndexBytes = 100 };
    private static readonly SegmentSketch[] Segments = [Segment(0), Segment(10), Segment(20), Segment(30), Segment(40)];

    [Fact]
    public void The_active_segment_is_never_compacted() => Assert.Equal(new CompactionPlan(0, 40, 1, true), Plan());

    [Fact]
    public void What_lies_at_the_last_stable_offset_is_not_compacted()
    {
        Assert.Equal(20, Plan(stable: 29).Below);
        Assert.False(Plan(stable: 9).IsDue);
    }

    [Fact]
    public void A_log_is_due_when_more_than_the_ratio_is_dirty()
    {
        Assert.False(Plan(compactedTo: 20).IsDue); // exactly half
        Assert.True(Plan(compactedTo: 10).IsDue);
        Assert.False(Plan(compactedTo: 40).IsDue);
    }

    [Fact]
    public void A_segment_with_a_record_younger_than_the_lag_stops_it()
    {
        SegmentSketch[] segments = [Segments[0], Segments[1] with { MaxTimestampMs = Now - 99 }, .. Segments[2..]];
        var plan = Plan(segments, options: Options with { MinCompactionLagMs = 100 });
        Assert.Equal(new CompactionPlan(0, 10, 1, true), plan);
    }

    [Fact]
    public void A_record_that_waited_too_long_makes_the_log_due_whatever_the_ratio()
    {
        SegmentSketch[] segments = [.. Segments[..3], Segments[3] with { FirstTimestampMs = Now - 101 }, Segments[4]];
        Assert.False(Plan(segments, compactedTo: 30).IsDue);
        Assert.True(Plan(segments, compactedTo: 30, options: Options with { MaxCompactionLagMs = 100 }).IsDue);
        Assert.False(Plan(segments, compactedTo: 30, options: Options with { MaxCompactionLagMs = 102 }).IsDue);
    }

    [Fact]
    public void A_checkpoint_outside_the_log_is_as_none()
    {
        Assert.Equal(0, Plan(compactedTo: 51).DirtyFrom);
        Assert.Equal(5, Plan(compactedTo: 3, start: 5).DirtyFrom);
    }

    [Fact]
    public void Groups_keep_to_the_size_of_a_segment()
    {
        Assert.Equal([2, 2], CompactionPlan.Groups(Segments, 40, Options));
        Assert.Equal([2, 1], CompactionPlan.Groups(Segments, 30, Options));
        Assert.Equal([1, 1, 1, 1], CompactionPlan.Groups(Segments, 40, Options with { SegmentIndexBytes = 15 }));
    }

    [Fact]
    public void Groups_keep_offsets_within_reach_of_their_base()
    {
        SegmentSketch[] segments = [Segment(0), Segment(10), Segment(int.MaxValue + 2L)];
        Assert.Equal([1, 1], CompactionPlan.Groups(segments, int.MaxValue + 2L, Options));
        Assert.Equal([2], CompactionPlan.Groups([segments[0], segments[1], Segment(int.MaxValue + 1L)], int.MaxValue + 1L, Options));
    }

    private static SegmentSketch Segment(long baseOffset) => new(baseOffset, 100, 8, 12, -1, -1);

    private static CompactionPlan Plan(SegmentSketch[]? segments = null, long? compactedTo = null, long start = 0, long stable = 50, LogOptions? options = null) =>
        CompactionPlan.Of(segments ?? Segments, compactedTo, start, 50, stable, options ?? Options, Now);
}
