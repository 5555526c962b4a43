using Ouzel.Protocol;
using Ouzel.Storage.Tests.Support;

namespace Ouzel.Storage.Tests;

public sealed class PartitionLogTests
{
    private static readonly LogOptions SmallSegments = LogOptions.Default with { SegmentBytes = 400, IndexIntervalBytes = 100, SegmentIndexBytes = 1200 };

    [Fact]
    public void Offsets_are_dense_and_continue_across_batches()
    {
        var bed = new LogBed();
        Assert.Equal(0, bed.AppendOk(Batches.Of("a", "b")));
        Assert.Equal(2, bed.AppendOk(Batches.Of("c")));
        Assert.Equal(3, bed.Log.LogEndOffset);
        Assert.Equal(["a", "b", "c"], bed.Values());
    }

    [Fact]
    public void A_read_begins_with_the_batch_that_holds_the_offset()
    {
        var bed = new LogBed(SmallSegments);
        for (var i = 0; i < 40; i++)
        {
            bed.AppendOk(Batches.Of($"v{i}", $"w{i}"));
        }

        Assert.True(bed.Log.SegmentCount > 5);
        for (var offset = 0; offset < 80; offset++)
        {
            var batches = bed.Read(offset, bytesMax: 1);
            Assert.Equal(offset / 2 * 2, Assert.Single(batches).BaseOffset);
        }
    }

    [Fact]
    public void The_byte_limit_cuts_the_answer_but_never_the_first_batch()
    {
        var bed = new LogBed();
        var size = Batches.Of("a").Length;
        bed.AppendOk(Batches.Of("a"));
        bed.AppendOk(Batches.Of("b"));
        using var one = bed.Log.Read(0, 1, FetchIsolation.LogEnd, minOneMessage: true).Records;
        using var cut = bed.Log.Read(0, size + 5, FetchIsolation.LogEnd, minOneMessage: true).Records;
        using var part = bed.Log.Read(0, 5, FetchIsolation.LogEnd, minOneMessage: false).Records;
        Assert.Equal(size, one!.Length);
        Assert.Equal(size + 5, cut!.Length);
        Assert.Equal(5, part!.Length);
        Assert.Null(bed.Log.Read(0, 0, FetchIsolation.LogEnd, minOneMessage: false).Records);
    }

    [Fact]
    public void Offsets_outside_the_log_are_refused_and_the_end_is_empty()
    {
        var bed = new LogBed();
        bed.AppendOk(Batches.Of("a"));
        Assert.Equal(ErrorCode.OffsetOutOfRange, bed.Log.Read(2, 100, FetchIsolation.LogEnd, true).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, bed.Log.Read(-1, 100, FetchIsolation.LogEnd, true).Error);
        var end = bed.Log.Read(1, 100, FetchIsolation.LogEnd, true);
        Assert.Equal((ErrorCode.None, 1L), (end.Error, end.LogEndOffset));
        Assert.Null(end.Records);
    }

    [Fact]
    public void Nothing_above_the_high_watermark_is_read_by_consumers()
    {
        var bed = new LogBed(SmallSegments);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(ErrorCode.None, bed.Log.AppendAsLeader(Batches.Of($"v{i}"), 0, LogAppendOrigin.Client, bed.NowMs).Error);
        }

        Assert.Empty(bed.Values(0, FetchIsolation.HighWatermark));
        for (var high = 1; high <= 20; high++)
        {
            bed.Log.HighWatermark = high;
            Assert.Equal(high, bed.Values(0, FetchIsolation.HighWatermark).Count);
        }
    }

    [Fact]
    public void A_slice_of_a_deleted_segment_stays_readable()
    {
        var bed = new LogBed(SmallSegments with { FileDeleteDelayMs = 0, RetentionBytes = 0 });
        bed.AppendOk(Batches.Of("kept"));
        using var slice = bed.Log.Read(0, 1000, FetchIsolation.LogEnd, true).Records!;
        bed.NowMs += 1;
        Assert.Equal(1, bed.Log.RunRetention(bed.NowMs));
        bed.Log.DeleteFilesDue(bed.NowMs);
        Assert.DoesNotContain("00000000000000000000.log.deleted", bed.Files());
        Assert.Equal(["kept"], Assert.Single(Batches.Decode(slice.ToArray())).Values);
        Assert.Equal(ErrorCode.OffsetOutOfRange, bed.Log.Read(0, 1000, FetchIsolation.LogEnd, true).Error);
    }

    [Fact]
    public void A_segment_rolls_before_it_would_pass_its_size()
    {
        var bed = new LogBed(LogOptions.Default with { SegmentBytes = Batches.Of("x").Length * 2 });
        for (var i = 0; i < 5; i++)
        {
            bed.AppendOk(Batches.Of("x"));
        }

        Assert.Equal([0, 2, 4], bed.Log.Segments.Select(s => s.BaseOffset));
    }

    [Fact]
    public void A_segment_rolls_when_its_records_span_more_than_segment_ms()
    {
        var bed = new LogBed(LogOptions.Default with { SegmentMs = 100 });
        foreach (var ms in (long[])[0, 60, 100, 160, 220])
        {
            bed.AppendOk(Batches.At(Batches.Start + ms, "x"));
        }

        Assert.Equal([0, 3], bed.Log.Segments.Select(s => s.BaseOffset));
    }

    [Fact]
    public void A_segment_rolls_when_an_index_is_full()
    {
        var bed = new LogBed(LogOptions.Default with { IndexIntervalBytes = 0, SegmentIndexBytes = 32 });
        for (var i = 0; i < 6; i++)
        {
            bed.AppendOk(Batches.At(Batches.Start + i, "x"));
        }

        Assert.Equal([0, 2, 4], bed.Log.Segments.Select(s => s.BaseOffset));
        Assert.Equal([(1, Batches.Of("x").Length)], bed.Log.Segments[0].OffsetIndex.Entries());
        Assert.Equal([(Batches.Start + 1, 1)], bed.Log.Segments[0].TimeIndex.Entries());
    }

    [Fact]
    public void An_oversized_set_is_refused_by_segment_bytes()
    {
        var bed = new LogBed(LogOptions.Default with { SegmentBytes = 100 });
        var result = bed.Append(Batches.Of(new string('x', 200)));
        Assert.Equal((ErrorCode.RecordListTooLarge, -1L), (result.Error, result.BaseOffset));
        Assert.Equal(0, bed.Log.LogEndOffset);
    }

    [Fact]
    public void Times_lead_to_the_first_record_at_or_after_them()
    {
        var bed = new LogBed(SmallSegments);
        for (var i = 0; i < 30; i++)
        {
            bed.AppendOk(Batches.Timed(("a", Batches.Start + (i * 10)), ("b", Batches.Start + (i * 10) + 5)));
        }

        for (var ms = 0; ms <= 295; ms++)
        {
            var found = bed.Log.OffsetForTimestamp(Batches.Start + ms, FetchIsolation.HighWatermark);
            Assert.Equal(((ms + 4) / 5, Batches.Start + ((ms + 4) / 5 * 5)), (found.Offset, found.TimestampMs));
        }

        Assert.Equal(TimestampedOffset.None, bed.Log.OffsetForTimestamp(Batches.Start + 296, FetchIsolation.HighWatermark));
        Assert.Equal(59, bed.Log.OffsetOfMaxTimestamp(FetchIsolation.HighWatermark).Offset);
    }

    [Fact]
    public void Truncation_drops_the_batch_that_holds_the_offset_and_what_follows()
    {
        var bed = new LogBed(SmallSegments);
        for (var i = 0; i < 40; i++)
        {
            bed.AppendOk(Batches.Of($"v{i}"));
        }

        Assert.True(bed.Log.TruncateTo(17, bed.NowMs));
        Assert.Equal((17, 17), (bed.Log.LogEndOffset, bed.Log.HighWatermark));
        Assert.Equal(Enumerable.Range(0, 17).Select(i => $"v{i}"), bed.Values());
        bed.AppendOk(Batches.Of("again"));
        Assert.Equal("again", bed.Values()[^1]);
        Assert.False(bed.Log.TruncateTo(18, bed.NowMs));
        bed.Reopen();
        Assert.Equal(18, bed.Values().Count);
    }

    [Fact]
    public void A_full_truncation_starts_the_log_at_the_offset()
    {
        var bed = new LogBed(SmallSegments);
        for (var i = 0; i < 10; i++)
        {
            bed.AppendOk(Batches.Of($"v{i}"));
        }

        bed.Log.TruncateFullyAndStartAt(500, bed.NowMs);
        Assert.Equal((500, 500, 500), (bed.Log.LogStartOffset, bed.Log.LogEndOffset, bed.Log.HighWatermark));
        Assert.Equal(500, bed.AppendOk(Batches.Of("x")));
        bed.Reopen();
        Assert.Equal((500, 501), (bed.Log.LogStartOffset, bed.Log.LogEndOffset));
    }

    [Fact]
    public void Deleted_records_are_out_of_range_and_their_segments_go()
    {
        var bed = new LogBed(SmallSegments with { RetentionMs = -1 });
        for (var i = 0; i < 20; i++)
        {
            bed.AppendOk(Batches.Of($"v{i}"));
        }

        Assert.Equal(ErrorCode.OffsetOutOfRange, bed.Log.MaybeIncrementStart(21));
        Assert.Equal(ErrorCode.None, bed.Log.MaybeIncrementStart(13));
        Assert.Equal(ErrorCode.None, bed.Log.MaybeIncrementStart(5));
        Assert.Equal(13, bed.Log.LogStartOffset);
        Assert.Equal(ErrorCode.OffsetOutOfRange, bed.Log.Read(12, 100, FetchIsolation.LogEnd, true).Error);
        Assert.True(bed.Log.RunRetention(bed.NowMs) > 1);
        Assert.True(bed.Log.Segments[0].BaseOffset is > 5 and <= 13);
        bed.Reopen(logStart: 13);
        Assert.Equal(13, bed.Log.LogStartOffset);
    }

    [Fact]
    public void Retention_by_size_keeps_at_least_that_much()
    {
        var bed = new LogBed(SmallSegments with { RetentionMs = -1, RetentionBytes = 1000, FileDeleteDelayMs = 50 });
        for (var i = 0; i < 40; i++)
        {
            bed.AppendOk(Batches.Of($"v{i}"));
        }

        bed.Log.RunRetention(bed.NowMs);
        Assert.True(bed.Log.SizeBytes is >= 1000 and < 1400);
        Assert.Equal(bed.Log.Segments[0].BaseOffset, bed.Log.LogStartOffset);
        Assert.Contains("00000000000000000000.log.deleted", bed.Files());
        bed.Log.DeleteFilesDue(bed.NowMs + 50);
        Assert.DoesNotContain(bed.Files(), f => f.EndsWith(".deleted", StringComparison.Ordinal));
    }

    [Fact]
    public void Retention_by_time_looks_at_record_times_and_may_empty_the_log()
    {
        var bed = new LogBed(SmallSegments with { RetentionMs = 1000 });
        for (var i = 0; i < 10; i++)
        {
            bed.AppendOk(Batches.At(Batches.Start + (i * 100), $"v{i}"));
        }

        Assert.Equal(0, bed.Log.RunRetention(Batches.Start + 1000));
        Assert.True(bed.Log.RunRetention(Batches.Start + 1500) > 0);
        bed.Log.RunRetention(Batches.Start + 10_000);
        Assert.Equal((10, 10, 1), (bed.Log.LogStartOffset, bed.Log.LogEndOffset, bed.Log.SegmentCount));
        Assert.Equal(10, bed.AppendOk(Batches.Of("next")));
    }

    [Fact]
    public void Retention_never_passes_the_high_watermark()
    {
        var bed = new LogBed(SmallSegments with { RetentionBytes = 0 });
        for (var i = 0; i < 20; i++)
        {
            bed.Log.AppendAsLeader(Batches.Of($"v{i}"), 0, LogAppendOrigin.Client, bed.NowMs);
        }

        bed.Log.HighWatermark = 6;
        bed.Log.RunRetention(bed.NowMs);
        Assert.True(bed.Log.LogStartOffset <= 6);
    }

    [Fact]
    public void A_clean_close_trims_the_indexes_and_everything_is_there_again()
    {
        var bed = new LogBed(SmallSegments);
        for (var i = 0; i < 30; i++)
        {
            bed.AppendOk(Batches.At(Batches.Start + i, $"v{i}"));
        }

        var index = bed.Log.Active.OffsetIndex.SizeBytes;
        bed.Reopen();
        Assert.Equal(30, bed.Log.LogEndOffset);
        Assert.Equal(30, bed.Log.RecoveryPoint);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"v{i}"), bed.Values());
        var entry = bed.Disk.ListFiles(LogBed.Directory).Single(f => f.Name == LogFiles.Name(bed.Log.Active.BaseOffset, LogFiles.OffsetIndex));
        Assert.Equal(index, entry.Length);
        Assert.Contains("00000000000000000030.snapshot", bed.Files());
        Assert.Equal(30, bed.AppendOk(Batches.Of("on")));
    }

    [Fact]
    public void A_follower_takes_the_leaders_offsets_and_epochs()
    {
        var (leader, follower) = (new LogBed(SmallSegments), new LogBed(SmallSegments));
        for (var i = 0; i < 20; i++)
        {
            leader.AppendOk(Batches.Of($"v{i}"), epoch: i / 8);
        }

        for (var offset = 0L; offset < 20; offset = follower.Log.LogEndOffset)
        {
            using var slice = leader.Log.Read(offset, 250, FetchIsolation.LogEnd, true).Records!;
            Assert.Equal(ErrorCode.None, follower.Log.AppendAsFollower(slice.ToArray(), follower.NowMs).Error);
        }

        Assert.Equal(leader.Values(), follower.Values());
        Assert.Equal([new LeaderEpoch(0, 0), new LeaderEpoch(1, 8), new LeaderEpoch(2, 16)], follower.Log.LeaderEpochs);
        Assert.Equal((1, 16), follower.Log.EndOffsetForEpoch(1));
    }
}
