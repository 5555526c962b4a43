using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;

namespace Ouzel.Storage.Tests;

/// <summary>The batches of Kafka's logs, appended again under the topics' settings: every file must come out as Kafka wrote it, byte for byte.</summary>
public sealed class GoldenWriteTests
{
    private static readonly string[] Folders =
        ["codecs", "deleted-topic", "epochs", "expired-ids", "groups", "metadata", "producers", "records", "segments", "transactions", "transactions-v0", "two-folders"];

    public static TheoryData<string> Cases => [.. Folders];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_same_batches_make_the_same_files(string name)
    {
        var golden = Golden.Open(name);
        var disk = new MemoryDisk();
        var paths = golden.CopyTo(disk);
        var differences = new List<string>();
        var compared = 0;
        foreach (var path in paths.SelectMany(p => disk.ListDirectories(p).Select(d => p + "/" + d)))
        {
            if (!DirectoryNames.TryPartition(path[(path.LastIndexOf('/') + 1)..], out var partition) || partition.Topic == "__cluster_metadata")
            {
                continue;
            }

            var batches = BatchesOf(disk, path);
            if (batches.Count == 0)
            {
                continue;
            }

            compared++;
            var written = Write(golden, disk, partition, PartitionMetadata.Read(disk, path), batches, LeaderEpochs.Open(disk, path).Latest);
            foreach (var file in disk.ListFiles(path).Select(f => f.Name).Union(disk.ListFiles(written).Select(f => f.Name)).Order(StringComparer.Ordinal))
            {
                var (kafkas, ours) = (BytesOf(disk, path + "/" + file), BytesOf(disk, written + "/" + file));
                if (kafkas != null && ours != null && kafkas.AsSpan().SequenceEqual(ours))
                {
                    continue;
                }

                if (name == "epochs" && partition.Topic == "e" && file == LogFiles.Name(7, LogFiles.Snapshot))
                {
                    continue; // from the start after the kill, in the order of a hash table; the next start removes it
                }

                differences.Add($"{path}/{file}: Kafka {Show(kafkas)}, we {Show(ours)}, same up to {(kafkas != null && ours != null ? kafkas.AsSpan().CommonPrefixLength(ours) : 0)}");
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
        Assert.True(compared > 0);
    }

    private static string Write(Golden golden, Disk disk, TopicPartition partition, Uuid topicId, List<byte[]> batches, int latestEpoch)
    {
        var context = new LogContext(disk, new StorageOptions { Directories = ["/w"], ClusterId = "c", NodeId = 1 }, new Random(7), NullLogger.Instance);
        var options = golden.OptionsOf(partition.Topic);
        var directory = "/w/" + partition;
        disk.CreateDirectory("/w");
        var log = LogLoader.Create(context, directory, partition, topicId, options, golden.NowMs);
        var isFirst = true;
        foreach (var bytes in batches)
        {
            RecordBatch.TryRead(bytes, out var batch, out _);
            var (epoch, isControl, nowMs) = (batch.PartitionLeaderEpoch, batch.IsControl, golden.NowMs);
            if (!isFirst && epoch > log.LatestEpoch)
            {
                log = Restart(log);
            }

            if (batch.TimestampType == TimestampType.LogAppendTime)
            {
                nowMs = batch.MaxTimestamp;
                log.Options = options with { TimestampType = TimestampType.LogAppendTime };
            }
            else
            {
                log.Options = options with { TimestampType = TimestampType.CreateTime };
            }

            log.AssignLeaderEpoch(epoch);
            var isOwn = isControl || partition.Topic.StartsWith("__", StringComparison.Ordinal);
            var baseOffset = batch.BaseOffset;
            RecordBatch.SetBaseOffset(bytes, 0);
            if (log.Options.TimestampType == TimestampType.LogAppendTime)
            {
                RecordBatch.SetMaxTimestampAndType(bytes, batch.MaxTimestamp, TimestampType.CreateTime);
            }

            var result = log.AppendAsLeader(bytes, epoch, isOwn ? LogAppendOrigin.Coordinator : LogAppendOrigin.Client, nowMs);
            Assert.Equal((ErrorCode.None, baseOffset, (string?)null), (result.Error, result.BaseOffset, result.ErrorMessage));
            log.HighWatermark = log.LogEndOffset;
            isFirst = false;
        }

        if (latestEpoch > log.LatestEpoch)
        {
            (log = Restart(log)).AssignLeaderEpoch(latestEpoch);
        }

        log.Close();
        return directory;

        // Only a start makes a new epoch on a single node.
        PartitionLog Restart(PartitionLog before)
        {
            before.Close();
            var end = before.LogEndOffset;
            return LogLoader.Open(context, directory, partition, options, new LogCheckpoint(true, end, 0, end), golden.NowMs);
        }
    }

    /// <summary>The batches of a log that is whole; none when records are missing from it.</summary>
    private static List<byte[]> BatchesOf(Disk disk, string path)
    {
        var batches = new List<byte[]>();
        var next = 0L;
        foreach (var file in disk.ListFiles(path).Select(f => f.Name).Where(n => LogFiles.TryOffset(n, LogFiles.Log, out _)).Order(StringComparer.Ordinal))
        {
            ReadOnlySpan<byte> bytes = disk.ReadAllBytes(path + "/" + file);
            while (RecordBatch.TryRead(bytes, out var batch, out var size))
            {
                if (batch.BaseOffset != next)
                {
                    return [];
                }

                next = batch.NextOffset;
                batches.Add(bytes[..size].ToArray());
                bytes = bytes[size..];
            }
        }

        return batches;
    }

    private static byte[]? BytesOf(Disk disk, string path) => disk.Exists(path) ? disk.ReadAllBytes(path) : null;

    private static string Show(byte[]? bytes) => bytes == null ? "has none" : $"{bytes.Length} bytes [{Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(60, bytes.Length)))}]";
}
