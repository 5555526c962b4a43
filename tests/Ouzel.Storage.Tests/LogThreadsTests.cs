using System.Globalization;
using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests;

/// <summary>Everything that works on logs at one time, on threads of its own: nothing throws, nothing goes offline, nobody waits for ever, every record is where it was acknowledged.</summary>
public sealed class LogThreadsTests
{
    private const int Names = 4;
    private const int Rounds = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Work_of_all_kinds_goes_on_beside_each_other_in_memory(int seed) => RunAsync(new MemoryDisk(), "/data", seed);

    [Fact]
    public async Task Work_of_all_kinds_goes_on_beside_each_other_on_a_real_disk()
    {
        var path = Directory.CreateTempSubdirectory("ouzel-threads").FullName;
        try
        {
            await RunAsync(new RealDisk(), path, 4);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task RunAsync(Disk disk, string path, int seed)
    {
        using var work = new BlockingThread("disk");
        var bed = new Bed(disk, path, work, seed);
        work.Failed = bed.Faults.Add;
        await bed.RunAsync();
        Assert.Empty(bed.Faults);
        Assert.Empty(bed.Told.Lines);
        bed.CheckAll();
        bed.Reopen();
        bed.CheckAll();
        Assert.Empty(bed.Told.Lines);
        bed.Directory.Close();
    }

    private sealed class Bed(Disk disk, string path, BlockingThread work, int seed)
    {
        private readonly LogOptions _options = LogOptions.Default with
        {
            SegmentBytes = 700,
            IndexIntervalBytes = 100,
            SegmentIndexBytes = 1200,
            RetentionMs = -1,
            RetentionBytes = 6000,
            FileDeleteDelayMs = 0,
            Compact = true,
            MinCleanableDirtyRatio = 0.01,
        };

        private readonly PartitionLog?[] _logs = new PartitionLog?[Names];
        private readonly Lock _namesLock = new();
        private readonly CancellationTokenSource _done = new();
        private int _made;

        public System.Collections.Concurrent.ConcurrentBag<Exception> Faults { get; } = [];
        public CollectingLogger Told { get; } = new();
        public LogDirectory Directory { get; private set; } = null!;

        public async Task RunAsync()
        {
            Reopen();
            for (var i = 0; i < Names; i++)
            {
                _logs[i] = Create(i);
            }

            var beside = new[]
            {
                Repeated(1, _ => Directory.RunRetention(Batches.Start)),
                Repeated(2, _ => Directory.Compact(new CompactionOptions(), Batches.Start, () => _done.IsCancellationRequested)),
                Repeated(3, random => Checkpoint(random)),
                Repeated(4, random => Look(random)),
                Repeated(5, random => Anew(random)),
                Repeated(6, _ => disk.OpenFiles.LetGo(3)),
            };
            var writers = Enumerable.Range(10, 3).Select(i => Task.Run(() => WriteAsync(new Random(seed * 100 + i)))).ToArray();
            await Task.WhenAll(writers);
            await _done.CancelAsync();
            await Task.WhenAll(beside);
        }

        public void Reopen()
        {
            if (Directory != null)
            {
                Directory.Close();
                Array.Clear(_logs);
            }

            Directory = LogDirectory.Open(disk, path, new StorageOptions { Directories = [path], ClusterId = "c", NodeId = 1, LogOptionsOf = _ => _options }, new Random(seed), work, Told, Batches.Start);
        }

        public void CheckAll()
        {
            Assert.False(Directory.IsOffline);
            foreach (var log in Directory.Logs)
            {
                Assert.False(log.IsFailed);
                for (var offset = log.LogStartOffset; offset < log.LogEndOffset;)
                {
                    using var slice = log.Read(offset, 2000, FetchIsolation.LogEnd, true).Records;
                    if (slice == null)
                    {
                        break; // compaction left nothing up to the end
                    }

                    offset = Check(slice.ToArray(), offset);
                }
            }
        }

        private PartitionLog Create(int name) =>
            Directory.Create(new TopicPartition($"t{name}", 0), Uuid.Random(new Random(Interlocked.Increment(ref _made))), _options, Batches.Start);

        private Task Repeated(int number, Action<Random> step) => Task.Factory.StartNew(() =>
        {
            var random = new Random((seed * 100) + number);
            while (!_done.IsCancellationRequested)
            {
                try
                {
                    step(random);
                }
                catch (Exception e)
                {
                    Faults.Add(e);
                    return;
                }

                Thread.Yield();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        private async Task WriteAsync(Random random)
        {
            try
            {
                for (var i = 0; i < Rounds; i++)
                {
                    var log = _logs[random.Next(Names)]!;
                    var value = random.Next(1000).ToString(CultureInfo.InvariantCulture);
                    using var builder = new RecordBatchBuilder();
                    for (var record = random.Next(3); record >= 0; record--)
                    {
                        builder.Append(Batches.Start + i, Encoding.UTF8.GetBytes($"k{random.Next(40)}"), Encoding.UTF8.GetBytes(value));
                    }

                    var result = log.AppendAsLeader(builder.BuildArray(), random.Next(2), LogAppendOrigin.Client, Batches.Start);
                    if (result.Error == ErrorCode.KafkaStorageError && log.IsGone)
                    {
                        continue;
                    }

                    Assert.Equal(ErrorCode.None, result.Error);
                    log.HighWatermark = log.LogEndOffset;
                    if (random.Next(3) == 0)
                    {
                        Assert.True(await Directory.WaitDurable(log, result.LastOffset + 1) || log.IsGone);
                    }

                    if (random.Next(20) == 0)
                    {
                        log.MaybeIncrementStart(log.LogStartOffset + random.Next(5));
                    }
                }
            }
            catch (Exception e)
            {
                Faults.Add(e);
            }
        }

        private void Checkpoint(Random random)
        {
            if (random.Next(2) == 0)
            {
                Directory.CheckpointOffsets();
            }
            else
            {
                Directory.CheckpointHighWatermarks();
            }
        }

        private void Look(Random random)
        {
            var log = _logs[random.Next(Names)]!;
            try
            {
                var offset = log.LogStartOffset + random.Next(20);
                var result = log.Read(offset, 500, FetchIsolation.Committed, true);
                using (var slice = result.Records)
                {
                    Assert.True(result.Error is ErrorCode.None or ErrorCode.OffsetOutOfRange || log.IsGone, $"{result.Error}");
                    if (slice != null)
                    {
                        Check(slice.ToArray(), offset);
                    }
                }

                log.OffsetForTimestamp(Batches.Start + random.Next(Rounds), FetchIsolation.HighWatermark);
                log.OffsetOfMaxTimestamp(FetchIsolation.HighWatermark);
                log.EarliestOffset();
            }
            catch (DiskException) when (log.IsGone)
            {
                return; // what a request is told as KAFKA_STORAGE_ERROR
            }
        }

        private void Anew(Random random)
        {
            var name = random.Next(Names);
            lock (_namesLock)
            {
                Assert.True(Directory.Delete(new TopicPartition($"t{name}", 0), Batches.Start));
                _logs[name] = Create(name);
            }

            if (random.Next(3) == 0)
            {
                Directory.DeleteDue(Batches.Start);
            }

            Thread.SpinWait(random.Next(20_000));
        }

        /// <summary>Whole batches, each with its checksum, in growing order; the offset behind them.</summary>
        private static long Check(ReadOnlySpan<byte> bytes, long offset)
        {
            while (RecordBatch.TryRead(bytes, out var batch, out var size))
            {
                Assert.True(batch.IsCrcValid());
                Assert.True(batch.LastOffset >= offset);
                offset = batch.LastOffset + 1;
                bytes = bytes[size..];
            }

            return offset;
        }
    }
}
