using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ouzel.Protocol.Records;

namespace Ouzel.Storage.Tests.Support;

/// <summary>
/// The records that a consumer gets out of fetched bytes, one line each in the form of the golden cases: offset, timestamp, key, value, headers. It stops for
/// good at a batch whose checksum is wrong. Given aborted transactions it reads committed, as clients do.
/// </summary>
internal sealed class ReadBack
{
    private const int ShownBytesMax = 256;

    private readonly long _startOffset;
    private readonly HashSet<long> _aborting = [];
    private readonly HashSet<(long, long)> _begun = [];

    public ReadBack(long startOffset) => NextOffset = _startOffset = startOffset;

    public long NextOffset { get; private set; }
    public List<string> Lines { get; } = [];
    public List<long> Offsets { get; } = [];

    /// <summary>The base offset of the batch at which reading failed.</summary>
    public long? StoppedAt { get; private set; }

    /// <summary>Takes the whole batches in the bytes; false when there was none.</summary>
    /// <param name="bytes">What one fetch answered.</param>
    /// <param name="aborted">Producer id and first offset of the response's aborted transactions; null to read everything.</param>
    public bool Add(ReadOnlySpan<byte> bytes, IEnumerable<(long ProducerId, long FirstOffset)>? aborted)
    {
        var pending = new PriorityQueue<(long ProducerId, long FirstOffset), long>((aborted ?? []).Where(a => !_begun.Contains(a)).Select(a => (a, a.FirstOffset)));
        var any = false;
        while (RecordBatch.TryRead(bytes, out var batch, out var size))
        {
            if (!batch.IsCrcValid())
            {
                StoppedAt = batch.BaseOffset;
                return false;
            }

            while (pending.TryPeek(out var transaction, out var first) && first <= batch.LastOffset)
            {
                _aborting.Add(transaction.ProducerId);
                _begun.Add(pending.Dequeue());
            }

            Take(batch);
            NextOffset = batch.NextOffset;
            bytes = bytes[size..];
            any = true;
        }

        return any;
    }

    /// <summary>The lines that a case expects.</summary>
    public static List<string> Expected(JsonElement records) => [.. records.EnumerateArray().Select(r =>
        $"{r[0]} {r[1]} {Text(r[2])} {Text(r[3])} [{string.Join(",", r[4].EnumerateArray().Select(h => $"{h[0].GetString()}={Text(h[1])}"))}]")];

    private void Take(in RecordBatch batch)
    {
        if (batch.IsControl)
        {
            foreach (var record in batch.Records())
            {
                if (ControlRecord.TypeOf(record.Key) == ControlRecordType.Abort)
                {
                    _aborting.Remove(batch.ProducerId);
                }
            }

            return;
        }

        if (batch.IsTransactional && _aborting.Contains(batch.ProducerId))
        {
            return;
        }

        foreach (var record in batch.Records())
        {
            if (record.Offset < _startOffset)
            {
                continue;
            }

            var headers = new List<string>();
            foreach (var header in record.Headers)
            {
                headers.Add($"{Encoding.UTF8.GetString(header.Name)}={Text(header.HasValue, header.Value)}");
            }

            Offsets.Add(record.Offset);
            Lines.Add($"{record.Offset} {record.TimestampMs} {Text(record.HasKey, record.Key)} {Text(record.HasValue, record.Value)} [{string.Join(",", headers)}]");
        }
    }

    private static string Text(bool isThere, ReadOnlySpan<byte> bytes) =>
        !isThere ? "null" : bytes.Length <= ShownBytesMax ? $"'{Convert.ToHexStringLower(bytes)}'" : $"{bytes.Length}:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private static string Text(JsonElement field) => field.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.String => $"'{field.GetString()}'",
        _ => $"{field.GetProperty("size")}:{field.GetProperty("sha256").GetString()}",
    };
}
