using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Compaction;

public sealed class CompactionTests
{
    private static readonly TopicPartition Partition = new("t", 0);
    private static readonly LogOptions Options = LogOptions.Default with { Compact = true, Delete = false, RetentionMs = -1, MinCleanableDirtyRatio = 0.01, DeleteRetentionMs = 1000 };
    private readonly MemoryDisk _disk = new();
    private readonly LogDirectory _directory;
    private readonly PartitionLog _log;
    private long _nowMs = Support.Batches.Start;

    public CompactionTests()
    {
        _directory = LogDirectory.Open(_disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1 }, new Random(1), new InlineWork(), NullLogger.Instance, _nowMs);
        _log = _directory.Create(Partition, Uuid.Zero, Options, _nowMs);
    }

    [Fact]
    public void Only_the_last_record_of_each_key_stays_where_it_was()
    {
        Append(("a", "1"));
        Append(("a", "2"), ("b", "1"), ("a", "3"));
        Append(("c", "1"), ("b", "2"));
        _log.RollSegment(_nowMs);
        Append(("a", "active"));
        Assert.Equal(1, Compact());
        Assert.Equal([(3, "a=3"), (4, "c=1"), (5, "b=2"), (6, "a=active")], Records());
        Assert.Equal((0, 7), (_log.LogStartOffset, _log.LogEndOffset));
        Assert.Equal(0, Compact());
    }

    [Fact]
    public void A_tombstone_stays_until_the_horizon_that_the_first_pass_sets()
    {
        Append(("a", "1"), ("b", "1"));
        Append(("a", null));
        RollBehind();
        _nowMs += 100;
        Compact();
        var tombstone = Batches().Single(b => b.Base == 2);
        Assert.Equal(_nowMs + 1000, tombstone.HorizonMs);
        Assert.Equal([(1, "b=1"), (2, "a=")], Records().Take(2));

        _nowMs += 999;
        CompactAgain();
        Assert.Contains((2, "a="), Records());
        Assert.Equal(tombstone.HorizonMs, Batches().Single(b => b.Base == 2).HorizonMs);

        _nowMs += 1;
        CompactAgain();
        Assert.DoesNotContain((2, "a="), Records());
    }

    [Fact]
    public void A_marker_goes_a_horizon_after_the_last_record_of_its_transaction()
    {
        Append(LogAppendOrigin.Client, Transactional(("a", "1")));
        Append(LogAppendOrigin.Coordinator, Support.Batches.Marker(7, 1, commit: true));
        Append(LogAppendOrigin.Coordinator, Support.Batches.Marker(7, 2, commit: true)); // the last of the producer: it stays for the epoch
        Append(("a", "2"));
        RollBehind();
        Compact(); // takes the record: the marker had one until now
        CompactAgain(); // meets the marker without records and sets its horizon
        Assert.Equal(_nowMs + 1000, Batches().Single(b => b.Base == 1).HorizonMs);
        _nowMs += 1000;
        CompactAgain();
        Assert.DoesNotContain(Batches(), b => b.Base == 1);
        Assert.Contains(Batches(), b => b.Base == 2);
    }

    [Fact]
    public void The_last_batch_of_a_producer_stays_without_records()
    {
        Append(LogAppendOrigin.Client, Sequenced(5, 0, ("a", "1"), ("b", "1")));
        Append(("a", "2"), ("b", "2"));
        RollBehind();
        Compact();
        var kept = Batches()[0];
        Assert.Equal((0, 1, 0), (kept.Base, kept.Last, kept.Count));
        Append(LogAppendOrigin.Client, Sequenced(5, 2, ("a", "3")));
        RollBehind();
        Compact();
        Assert.DoesNotContain(Batches(), b => b.Base == 0);
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void A_batch_keeps_its_codec_offsets_and_epoch_and_gets_the_largest_time_that_is_left(CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder { Codec = codec };
        builder.Append(_nowMs - 2, "a"u8.ToArray(), new byte[100]);
        builder.Append(_nowMs - 3, "b"u8.ToArray(), new byte[100]);
        builder.Append(_nowMs - 1, "a"u8.ToArray(), new byte[200]);
        builder.Append(_nowMs, "c"u8.ToArray(), new byte[100]);
        Append(LogAppendOrigin.Client, builder.BuildArray());
        Append(("c", "2"));
        RollBehind();
        Compact();
        var batch = Batches()[0];
        Assert.Equal((0, 3, 2, codec, _nowMs - 1, 0), (batch.Base, batch.Last, batch.Count, batch.Codec, batch.MaxTimestampMs, batch.Epoch));
        Assert.Equal([1, 2], Records().Take(2).Select(r => r.Offset));
    }

    [Fact]
    public void A_map_that_is_too_small_takes_several_passes()
    {
        for (var i = 0; i < 40; i++)
        {
            Append(($"k{i % 20}", $"{i}"));
        }

        RollBehind();
        var small = new CompactionOptions { DedupeBufferBytes = 8 * OffsetMap.SlotBytes };
        Assert.InRange(_directory.Compact(small, _nowMs, () => false), 4, 8);
        Assert.Equal(40, _log.CompactedTo);
        Assert.Equal([.. Enumerable.Range(20, 20).Select(i => ((long)i, $"k{i % 20}={i}"))], Records().Take(20));
    }

    [Fact]
    public void A_log_with_a_damaged_batch_is_passed_over_from_then_on()
    {
        Append(("a", "1"));
        Append(("a", "2"));
        RollBehind();
        using (var held = _log.Segments[0].Hold())
        {
            held.File.Write(held.File.Length - 1, [0xff]);
        }

        Assert.Equal(0, Compact());
        Assert.True(_log.CannotBeCompacted);
        Assert.False(_directory.IsOffline);
        Assert.DoesNotContain(_disk.ListFiles("/data/t-0"), f => f.Name.EndsWith(".cleaned", StringComparison.Ordinal));
    }

    [Fact]
    public void How_far_compaction_came_is_in_Kafkas_checkpoint_and_known_after_a_start()
    {
        Append(("a", "1"), ("a", "2"));
        RollBehind();
        Compact();
        Assert.Equal("0\n1\nt 0 2\n", Encoding.UTF8.GetString(_disk.ReadAllBytes("/data/cleaner-offset-checkpoint")));
        _directory.Close();
        using var work = new InlineWork();
        var options = new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1, LogOptionsOf = _ => Options };
        var reopened = LogDirectory.Open(_disk, "/data", options, new Random(1), work, NullLogger.Instance, _nowMs);
        Assert.Equal(2, reopened.Logs.Single().CompactedTo);
        Assert.Equal(0, reopened.Compact(new CompactionOptions(), _nowMs, () => false));
    }

    [Fact]
    public void A_truncation_below_the_compacted_part_lowers_the_checkpoint()
    {
        Append(("a", "1"));
        Append(("a", "2"));
        RollBehind();
        Compact();
        _log.TruncateTo(1, _nowMs);
        Assert.Equal(1, _log.CompactedTo);
    }

    [Fact]
    public void A_pass_that_is_stopped_leaves_the_log_as_it_was()
    {
        Append(("a", "1"), ("a", "2"));
        RollBehind();
        var asked = 0;
        _directory.Compact(new CompactionOptions(), _nowMs, () => ++asked > 2);
        Assert.Equal([0, 1], Records().Take(2).Select(r => r.Offset));
        Assert.Equal(1, Compact());
    }

    [Fact]
    public void A_log_truncated_during_a_pass_keeps_its_own_segments()
    {
        Append(("a", "1"), ("a", "2"));
        Append(("b", "1"));
        RollBehind();
        var asked = 0;
        var passes = _directory.Compact(new CompactionOptions(), _nowMs, () =>
        {
            if (++asked == 4)
            {
                _log.TruncateTo(2, _nowMs);
            }

            return false;
        });
        Assert.Equal(0, passes);
        Assert.Equal([0, 1], Records().Select(r => r.Offset));
    }

    [Fact]
    public void A_record_waits_in_the_active_segment_no_longer_than_max_compaction_lag_ms()
    {
        _log.Options = Options with { MaxCompactionLagMs = 50 };
        Append(("a", "1"));
        _nowMs += 51;
        Append(("a", "2"));
        Assert.Equal(2, _log.SegmentCount);
    }

    [Fact]
    public void Reads_that_began_before_the_swap_go_on_with_the_old_file()
    {
        Append(("a", "1"), ("a", "2"));
        RollBehind();
        using var slice = _log.Read(0, int.MaxValue, FetchIsolation.LogEnd, true).Records!;
        var before = slice.ToArray();
        Compact();
        _nowMs += Options.FileDeleteDelayMs;
        _directory.DeleteDue(_nowMs);
        Assert.Equal(before, slice.ToArray());
        Assert.DoesNotContain(_disk.ListFiles("/data/t-0"), f => f.Name.EndsWith(".deleted", StringComparison.Ordinal));
    }

    private int Compact() => _directory.Compact(new CompactionOptions(), _nowMs, () => false);

    /// <summary>Something new makes the log due again.</summary>
    private void CompactAgain()
    {
        Append(("other", $"{_nowMs}"));
        RollBehind();
        Assert.Equal(1, Compact());
    }

    /// <summary>Closes the segment, so that all of it may be compacted.</summary>
    private void RollBehind() => _log.RollSegment(_nowMs);

    private void Append(params (string Key, string? Value)[] records) => Append(LogAppendOrigin.Client, Fill(new RecordBatchBuilder(), records));

    private void Append(LogAppendOrigin origin, byte[] batch)
    {
        Assert.Equal(ErrorCode.None, _log.AppendAsLeader(batch, 0, origin, _nowMs).Error);
        _log.HighWatermark = _log.LogEndOffset;
    }

    private byte[] Transactional(params (string Key, string? Value)[] records) =>
        Fill(new RecordBatchBuilder { ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, records);

    private byte[] Sequenced(long producerId, int sequence, params (string Key, string? Value)[] records) =>
        Fill(new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = 0, BaseSequence = sequence }, records);

    private byte[] Fill(RecordBatchBuilder builder, (string Key, string? Value)[] records)
    {
        using (builder)
        {
            foreach (var (key, value) in records)
            {
                builder.Append(_nowMs, Encoding.UTF8.GetBytes(key), value == null ? null : Encoding.UTF8.GetBytes(value));
            }

            return builder.BuildArray();
        }
    }

    private List<(long Offset, string Record)> Records()
    {
        var records = new List<(long, string)>();
        Visit(batch =>
        {
            foreach (var record in batch.Records())
            {
                records.Add((record.Offset, $"{Encoding.UTF8.GetString(record.Key)}={Encoding.UTF8.GetString(record.Value)}"));
            }
        });
        return records;
    }

    private List<(long Base, long Last, int Count, CompressionCodec Codec, long MaxTimestampMs, int Epoch, long HorizonMs)> Batches()
    {
        var batches = new List<(long, long, int, CompressionCodec, long, int, long)>();
        Visit(b => batches.Add((b.BaseOffset, b.LastOffset, b.RecordCount, b.Codec, b.MaxTimestamp, b.PartitionLeaderEpoch, b.DeleteHorizonMs)));
        return batches;
    }

    private void Visit(Visitor visit)
    {
        for (long offset = 0; ;)
        {
            using var slice = _log.Read(offset, int.MaxValue, FetchIsolation.LogEnd, true).Records;
            if (slice == null)
            {
                return;
            }

            for (ReadOnlySpan<byte> rest = slice.ToArray(); RecordBatch.TryRead(rest, out var batch, out var size); rest = rest[size..])
            {
                Assert.True(batch.IsCrcValid());
                visit(batch);
                offset = batch.NextOffset;
            }
        }
    }

    private delegate void Visitor(RecordBatch batch);
}
