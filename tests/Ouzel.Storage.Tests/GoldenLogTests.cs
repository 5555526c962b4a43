using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Tests.Support;

namespace Ouzel.Storage.Tests;

public sealed class GoldenLogTests
{
    public static TheoryData<string> Cases => [.. Golden.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kafkas_directory_opens_with_its_offsets_and_records(string name)
    {
        var golden = Golden.Open(name);
        var disk = new MemoryDisk();
        var directories = golden.CopyTo(disk);
        var identity = MetaProperties.Read(disk, directories[0])!;
        var logs = LogDirectories.Open(disk, new StorageOptions
        {
            Directories = directories, ClusterId = identity.ClusterId, NodeId = identity.NodeId, LogOptionsOf = golden.OptionsOf,
        }, new Random(1), _ => new InlineWork(), NullLogger.Instance, golden.NowMs);
        var differences = new List<string>();
        foreach (var partition in golden.Expected.GetProperty("partitions").EnumerateObject())
        {
            if (partition.Value.TryGetProperty("leader", out _))
                continue; // led by a broker that is not part of the case
            var cut = partition.Name.LastIndexOf('-');
            var key = new TopicPartition(partition.Name[..cut], int.Parse(partition.Name[(cut + 1)..]));
            if (!logs.TryGet(key, out var log, out _))
                differences.Add($"{key} is missing");
            else
                Compare(log, partition.Value, differences);
        }
        Assert.True(differences.Count == 0, string.Join("\n", differences));
        logs.Close();
    }

    private static void Compare(PartitionLog log, JsonElement expected, List<string> differences)
    {
        log.HighWatermark = log.LogEndOffset;
        Differ("log_start_offset", log.LogStartOffset);
        Differ("high_watermark", log.HighWatermark);
        Differ("last_stable_offset", log.LastStableOffset);
        if (expected.TryGetProperty("max_timestamp", out var max) && log.OffsetOfMaxTimestamp(FetchIsolation.HighWatermark) is var found
            && (max.GetProperty("offset").GetInt64(), max.GetProperty("timestamp").GetInt64()) != (found.Offset, found.TimestampMs))
            differences.Add($"{log.TopicPartition} max_timestamp: {found}, expected {max}");
        if (expected.TryGetProperty("producers", out var producers))
        {
            var known = log.ActiveProducers().Select(p => p.ProducerId).Order().ToList();
            if (!producers.EnumerateArray().Select(p => p.GetProperty("producer_id").GetInt64()).Order().SequenceEqual(known))
                differences.Add($"{log.TopicPartition} producers: [{string.Join(',', known)}], expected {producers}");
        }
        if (!expected.TryGetProperty("records", out var records))
            return;
        var offsets = Offsets(log);
        var wanted = records.EnumerateArray().Select(r => (r[0].GetInt64(), r[1].GetInt64())).ToList();
        if (!wanted.SequenceEqual(offsets))
            differences.Add($"{log.TopicPartition} records: {offsets.Count}, expected {wanted.Count}");

        void Differ(string field, long value)
        {
            if (expected.TryGetProperty(field, out var e) && e.GetInt64() != value)
                differences.Add($"{log.TopicPartition} {field}: {value}, expected {e}");
        }
    }

    private static List<(long, long)> Offsets(PartitionLog log)
    {
        var offsets = new List<(long, long)>();
        var next = log.LogStartOffset;
        while (next < log.LogEndOffset)
        {
            using var slice = log.Read(next, 1, FetchIsolation.HighWatermark, true).Records;
            if (slice == null)
                break;
            if (!RecordBatch.TryRead(slice.ToArray(), out var batch, out _) || !batch.IsCrcValid())
                break;
            if (!batch.IsControl)
            {
                foreach (var record in batch.Records())
                {
                    if (record.Offset >= log.LogStartOffset)
                        offsets.Add((record.Offset, record.TimestampMs));
                }
            }
            next = batch.NextOffset;
        }
        return offsets;
    }
}
