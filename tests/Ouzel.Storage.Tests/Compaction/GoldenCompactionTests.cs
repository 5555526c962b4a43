using Ouzel.Protocol;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;

namespace Ouzel.Storage.Tests.Compaction;

/// <summary>
/// The case `compacted` holds the same records several times: once untouched, because min.compaction.lag.ms protects them, and as Apache Kafka compacted them
/// under different settings. Compacting the untouched ones must give what Kafka gave.
/// </summary>
public sealed class GoldenCompactionTests
{
    private readonly Golden _golden = Golden.Open("compacted");
    private readonly MemoryDisk _disk = new();

    [Theory]
    [InlineData("keep-tombstones", 315_360_000_000)]
    [InlineData("drop-tombstones", 0)]
    [InlineData("both", 315_360_000_000)]
    public void The_records_that_Kafka_kept_stay(string topic, long deleteRetentionMs)
    {
        var logs = _golden.OpenLogs(_disk, _golden.CopyTo(_disk));
        Assert.True(logs.TryGet(new TopicPartition("not-yet", 0), out var log, out var directory));
        log.Options = log.Options with { DeleteRetentionMs = deleteRetentionMs, Compact = true, MinCleanableDirtyRatio = 0, MinCompactionLagMs = 0 };
        Assert.Equal(1, directory.Compact(new CompactionOptions(), _golden.NowMs, () => false));
        log.CompactedTo = 0; // with delete.retention.ms=0 it is the second pass that takes the tombstones
        Assert.Equal(1, directory.Compact(new CompactionOptions(), _golden.NowMs, () => false));
        Assert.Equal(Expected(topic), Lines(log));
    }

    [Theory]
    [InlineData("keep-tombstones")]
    [InlineData("gzip")]
    [InlineData("both")]
    [InlineData("empty-batch")]
    [InlineData("keep-txn")]
    public void What_Kafka_compacted_stays_as_it_is(string topic)
    {
        var logs = _golden.OpenLogs(_disk, _golden.CopyTo(_disk));
        Assert.True(logs.TryGet(new TopicPartition(topic, 0), out var log, out var directory));
        Assert.Equal(log.Active.BaseOffset, log.CompactedTo);
        var producers = log.ActiveProducers();
        log.CompactedTo = 0;
        log.Options = log.Options with { Compact = true, MinCleanableDirtyRatio = 0, DeleteRetentionMs = 315_360_000_000 };
        directory.Compact(new CompactionOptions(), _golden.NowMs, () => false);
        Assert.Equal(log.Active.BaseOffset, log.CompactedTo);
        Assert.Equal(Expected(topic), Lines(log));
        Assert.Equal(producers, log.ActiveProducers());
    }

    private List<string> Expected(string topic) => ReadBack.Expected(_golden.Expected.GetProperty("partitions").GetProperty(topic + "-0").GetProperty("records"));

    private static List<string> Lines(PartitionLog log)
    {
        var read = new ReadBack(0);
        while (true)
        {
            using var slice = log.Read(read.NextOffset, 1 << 20, FetchIsolation.LogEnd, true).Records;
            if (slice == null)
            {
                return read.Lines;
            }

            Assert.True(read.Add(slice.ToArray(), null));
        }
    }
}
