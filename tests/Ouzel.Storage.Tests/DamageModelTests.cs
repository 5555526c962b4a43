using System.Globalization;
using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests;

/// <summary>
/// Any byte of any file may be another after a stop: a start never fails for it, and no acknowledged record is missing in silence. It is served as it was written,
/// or its batch has a wrong checksum that its reader sees, or a line names the partition. What is acknowledged afterwards is there after the next crash.
/// </summary>
public sealed class DamageModelTests
{
    private const int Logs = 3;
    private const int Seeds = 300;
    private static readonly LogOptions Options = LogOptions.Default with { SegmentBytes = 900, IndexIntervalBytes = 100, SegmentIndexBytes = 1200, RetentionMs = -1 };

    [Fact]
    public async Task No_damage_to_one_file_ends_a_start_or_loses_a_record_in_silence()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            try
            {
                await PlayAsync(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    [Theory]
    [InlineData("segments")]
    [InlineData("transactions")]
    [InlineData("killed")]
    [InlineData("compacted")]
    [InlineData("kafka-4.4-killed")]
    public void No_damage_to_what_Kafka_wrote_ends_a_start_or_a_read(string name)
    {
        var golden = Golden.Open(name);
        for (var seed = 0; seed < 20; seed++)
        {
            var disk = new MemoryDisk();
            var paths = golden.CopyTo(disk);
            var file = Damage(disk, paths[0], new Random(seed));
            try
            {
                var logs = golden.OpenLogs(disk, paths);
                foreach (var log in logs.Logs.Where(l => !l.IsFailed))
                {
                    log.HighWatermark = log.LogEndOffset;
                    for (var offset = log.LogStartOffset; offset < log.LogEndOffset; offset += 7)
                    {
                        var result = log.Read(offset, 1000, FetchIsolation.Committed, true);
                        Assert.Equal(ErrorCode.None, result.Error);
                        result.Records?.Dispose();
                    }

                    log.OffsetForTimestamp(golden.NowMs - 100_000, FetchIsolation.LogEnd);
                }

                logs.Close();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, {file}: {e.Message}", e);
            }
        }
    }

    private static async Task PlayAsync(int seed)
    {
        var random = new Random(seed);
        var disk = new FaultyDisk(new Random(seed + 1));
        var directory = Open(disk, new CollectingLogger());
        var written = new Dictionary<TopicPartition, List<string>>();
        for (var i = 0; i < Logs; i++)
        {
            var log = directory.Create(new TopicPartition($"t{i}", 0), Uuid.Random(new Random(i + 1)), Options, Batches.Start);
            var values = written[log.TopicPartition] = [];
            for (var count = 5 + random.Next(40); count > 0; count--)
            {
                Write(log, values, random);
            }

            Assert.True(await directory.WaitDurable(log, log.LogEndOffset));
        }

        if (random.Next(2) == 0)
        {
            directory.CheckpointOffsets();
        }

        if (random.Next(2) == 0)
        {
            directory.Close();
        }
        else
        {
            disk.DropProcess();
        }

        var file = Damage(disk, "/data", random);
        var told = new CollectingLogger();
        directory = Open(disk, told);
        foreach (var (name, values) in written)
        {
            Assert.True(directory.TryGet(name, out var log), $"{name} is gone after damage to {file}");
            if (log.IsFailed)
            {
                Assert.Contains(told.Lines, l => l.Contains($"/{name}", StringComparison.Ordinal));
                continue;
            }

            Check(log, values, told, file);
            values.RemoveRange((int)Math.Min(log.LogEndOffset, values.Count), values.Count - (int)Math.Min(log.LogEndOffset, values.Count));
            var before = log.LogEndOffset;
            Write(log, [], random);
            Assert.True(await directory.WaitDurable(log, log.LogEndOffset));
            disk.DropProcess();
            var again = Open(disk, new CollectingLogger());
            Assert.True(again.TryGet(name, out log));
            if (!log.IsFailed)
            {
                Assert.True(log.LogEndOffset > before, $"{name}: what was acknowledged after damage to {file} is lost");
            }

            directory = again;
        }

        directory.Close();
    }

    private static LogDirectory Open(FaultyDisk disk, CollectingLogger told) =>
        LogDirectory.Open(disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1, LogOptionsOf = _ => Options }, new Random(5), new InlineWork(), told, Batches.Start);

    private static void Write(PartitionLog log, List<string> values, Random random)
    {
        var value = random.Next().ToString(CultureInfo.InvariantCulture);
        Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.At(Batches.Start + log.LogEndOffset, value), 0, LogAppendOrigin.Client, Batches.Start).Error);
        log.HighWatermark = log.LogEndOffset;
        values.Add(value);
    }

    private static void Check(PartitionLog log, List<string> values, CollectingLogger told, string file)
    {
        var isTold = told.Lines.Any(l => l.Contains(log.DirectoryPath, StringComparison.Ordinal));
        Assert.True(log.LogEndOffset >= values.Count || isTold, $"{log.TopicPartition} ends at {log.LogEndOffset} of {values.Count} after damage to {file}");
        for (var offset = log.LogStartOffset; offset < Math.Min(values.Count, log.LogEndOffset); offset++)
        {
            var result = log.Read(offset, 1, FetchIsolation.LogEnd, true);
            Assert.Equal(ErrorCode.None, result.Error);
            using var slice = result.Records;
            var isRight = slice != null && RecordBatch.TryRead(slice.ToArray(), out var batch, out _) && batch.IsCrcValid() && batch.BaseOffset == offset && ValueOf(batch) == values[(int)offset];
            isTold = isTold || told.Lines.Any(l => l.Contains(log.DirectoryPath, StringComparison.Ordinal));
            Assert.True(isRight || isTold || file.EndsWith(LogFiles.Log, StringComparison.Ordinal), $"{log.TopicPartition} offset {offset} is wrong in silence after damage to {file}");
        }
    }

    private static string ValueOf(in RecordBatch batch)
    {
        foreach (var record in batch.Records())
        {
            return Encoding.UTF8.GetString(record.Value);
        }

        return "";
    }

    /// <summary>Changes one file, but those that say whose the directory is: a start refuses that.</summary>
    private static string Damage(Disk disk, string path, Random random)
    {
        var files = disk.ListDirectories(path).Where(d => d != "__cluster_metadata-0").Select(d => path + "/" + d).Append(path)
            .SelectMany(d => disk.ListFiles(d).Select(f => d + "/" + f.Name))
            .Where(f => !f.EndsWith("meta.properties", StringComparison.Ordinal) && !f.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var file = files[random.Next(files.Count)];
        var bytes = disk.ReadAllBytes(file);
        var at = bytes.Length == 0 ? 0 : random.Next(bytes.Length);
        var garbage = new byte[1 + random.Next(100)];
        random.NextBytes(garbage);
        disk.ReplaceFile(file, random.Next(4) switch
        {
            0 => bytes[..at],
            1 => [.. bytes, .. garbage],
            2 => [.. bytes, .. new byte[garbage.Length]],
            _ => bytes.Length == 0 ? garbage : [.. bytes[..at], (byte)(bytes[at] ^ (1 << random.Next(8))), .. bytes[(at + 1)..]],
        });
        return file;
    }
}
