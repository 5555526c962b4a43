using System.Text.Json;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
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
        var logs = golden.OpenLogs(disk, directories);
        var differences = new List<string>();
        foreach (var partition in golden.Expected.GetProperty("partitions").EnumerateObject())
        {
            if (partition.Value.TryGetProperty("leader", out _))
            {
                continue; // led by a broker that is not part of the case
            }

            var cut = partition.Name.LastIndexOf('-');
            var key = new TopicPartition(partition.Name[..cut], int.Parse(partition.Name[(cut + 1)..]));
            if (!logs.TryGet(key, out var log, out _))
            {
                differences.Add($"{key} is missing");
            }
            else
            {
                Compare(log, partition.Value, differences);
            }
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
        {
            differences.Add($"{log.TopicPartition} max_timestamp: {found}, expected {max}");
        }

        if (expected.TryGetProperty("producers", out var producers))
        {
            var known = log.ActiveProducers().OrderBy(p => p.ProducerId).Select(p =>
                $"{p.ProducerId} {p.Epoch} {p.LastSequence} {p.LastTimestampMs} {p.CoordinatorEpoch} {(p.TransactionFirstOffset < 0 ? "" : p.TransactionFirstOffset)}").ToList();
            var described = producers.EnumerateArray().OrderBy(p => p.GetProperty("producer_id").GetInt64()).Select(p => string.Join(' ',
                ((string[])["producer_id", "epoch", "last_sequence", "last_timestamp", "coordinator_epoch", "current_txn_first_offset"]).Select(f => p.GetProperty(f).ToString()))).ToList();
            if (!described.SequenceEqual(known))
            {
                differences.Add($"{log.TopicPartition} producers: [{string.Join('|', known)}], expected [{string.Join('|', described)}]");
            }
        }

        if (!expected.TryGetProperty("records", out var records))
        {
            return;
        }

        var all = Read(log, FetchIsolation.HighWatermark);
        var wanted = ReadBack.Expected(records);
        if (!wanted.SequenceEqual(all.Lines))
        {
            differences.Add($"{log.TopicPartition} records: {all.Lines.Count}, expected {wanted.Count}; first other: {wanted.Except(all.Lines).FirstOrDefault()} / {all.Lines.Except(wanted).FirstOrDefault()}");
        }

        CompareStop("read_uncommitted_stopped_at", all);
        var committed = Read(log, FetchIsolation.Committed);
        if (expected.TryGetProperty("read_committed_offsets", out var offsets) && !offsets.EnumerateArray().Select(o => o.GetInt64()).SequenceEqual(committed.Offsets))
        {
            differences.Add($"{log.TopicPartition} read committed: [{string.Join(',', committed.Offsets)}], expected {offsets}");
        }

        CompareStop("read_committed_stopped_at", committed);

        void CompareStop(string field, ReadBack read)
        {
            if ((expected.TryGetProperty(field, out var at) ? at.GetInt64() : (long?)null) != read.StoppedAt)
            {
                differences.Add($"{log.TopicPartition} {field}: {read.StoppedAt}");
            }
        }

        void Differ(string field, long value)
        {
            if (expected.TryGetProperty(field, out var e) && e.GetInt64() != value)
            {
                differences.Add($"{log.TopicPartition} {field}: {value}, expected {e}");
            }
        }
    }

    private static ReadBack Read(PartitionLog log, FetchIsolation isolation)
    {
        var read = new ReadBack(log.LogStartOffset);
        while (read.NextOffset < log.LogEndOffset)
        {
            var answer = log.Read(read.NextOffset, 4096, isolation, true);
            using var slice = answer.Records;
            if (slice == null || !read.Add(slice.ToArray(), answer.AbortedTransactions?.Select(a => (a.ProducerId, a.FirstOffset))))
            {
                break;
            }
        }

        return read;
    }
}
