using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests;

public sealed class ConcurrencyTests
{
    private const int Records = 4000;

    /// <summary>Readers race with appends, rolls, retention and file deletion: each response is whole batches in order, or out of range below the start.</summary>
    [Fact]
    public async Task Readers_see_whole_batches_while_the_log_rolls_and_shrinks()
    {
        var options = LogOptions.Default with { SegmentBytes = 1000, IndexIntervalBytes = 200, SegmentIndexBytes = 1200, RetentionMs = -1, RetentionBytes = 8000, FileDeleteDelayMs = 0 };
        var directory = LogDirectory.Open(new MemoryDisk(), "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1 },
            new Random(1), new BlockingThread("flush"), NullLogger.Instance, Batches.Start);
        var log = directory.Create(new TopicPartition("t", 0), Uuid.Zero, options, Batches.Start);
        var readers = Enumerable.Range(0, 3).Select(i => Task.Factory.StartNew(() => ReadToEnd(log), TaskCreationOptions.LongRunning)).ToList();
        for (var i = 0; i < Records; i++)
        {
            Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Of($"v{i}"), 0, LogAppendOrigin.Client, Batches.Start).Error);
            log.HighWatermark = log.LogEndOffset;
            if (i % 50 == 0)
            {
                directory.RunRetention(Batches.Start + i);
            }

            if (i % 100 == 0)
            {
                Assert.True(await directory.WaitDurable(log, log.LogEndOffset));
            }
        }

        foreach (var seen in await Task.WhenAll(readers))
        {
            Assert.True(seen > 0);
        }

        Assert.False(directory.IsOffline);
        directory.Close();
        directory.Work.Dispose();
    }

    private static int ReadToEnd(PartitionLog log)
    {
        var (offset, seen) = (0L, 0);
        while (offset < Records)
        {
            var result = log.Read(offset, 500, FetchIsolation.HighWatermark, true);
            if (result.Error == ErrorCode.OffsetOutOfRange)
            {
                Assert.True(offset < result.LogStartOffset || offset < log.LogStartOffset);
                offset = log.LogStartOffset;
                continue;
            }

            Assert.Equal(ErrorCode.None, result.Error);
            using var slice = result.Records;
            if (slice == null)
            {
                continue;
            }

            foreach (var (baseOffset, values) in Batches.Decode(slice.ToArray()))
            {
                Assert.Equal(offset, baseOffset);
                Assert.Equal([$"v{offset}"], values);
                offset++;
                seen++;
            }
        }

        return seen;
    }
}
