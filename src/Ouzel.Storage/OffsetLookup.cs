using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>Offsets by time: the time index leads to the batch, the batch's records to the offset.</summary>
internal static class OffsetLookup
{
    /// <summary>The first record at or after the timestamp, from the start offset on; null when there is none below the limit.</summary>
    public static TimestampedOffset? ByTimestamp(Segment[] segments, long timestampMs, long startOffset, long below)
    {
        for (var i = Math.Max(0, PartitionLog.IndexOf(segments, startOffset)); i < segments.Length && segments[i].BaseOffset < below; i++)
        {
            if (segments[i].RetentionTimestampMs >= timestampMs && InSegment(segments[i], timestampMs, startOffset, below) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The first record with the largest timestamp of the log; null without any. As in Kafka it may lie before a start that DeleteRecords moved.</summary>
    public static TimestampedOffset? OfMaxTimestamp(Segment[] segments, long below)
    {
        Segment? newest = null;
        foreach (var segment in segments)
        {
            if (newest == null || segment.MaxTimestamp.TimestampMs > newest.MaxTimestamp.TimestampMs)
            {
                newest = segment;
            }
        }

        if (newest is not { MaxTimestamp: { TimestampMs: >= 0 } max })
        {
            return null;
        }

        using var held = newest.Hold();
        return newest.Find(max.Offset) is { } header ? InBatch(held.File, header, max.TimestampMs, header.BaseOffset, below) : null;
    }

    private static TimestampedOffset? InSegment(Segment segment, long timestampMs, long startOffset, long below)
    {
        Span<byte> buffer = stackalloc byte[BatchWalker.BufferBytes];
        var from = segment.OffsetIndex.Lookup(Math.Max(segment.TimeIndex.Lookup(timestampMs).Offset, startOffset)).Position;
        using var held = segment.Hold();
        var walker = new BatchWalker(held.File, from, segment.Size, buffer);
        while (walker.TryNext(out var header) && header.BaseOffset < below)
        {
            if (header.MaxTimestampMs >= timestampMs && header.LastOffset >= startOffset
                && InBatch(held.File, header, timestampMs, startOffset, below) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static TimestampedOffset? InBatch(DiskFile file, in BatchHeader header, long timestampMs, long startOffset, long below)
    {
        var bytes = new byte[header.SizeBytes];
        if (file.ReadFully(header.Position, bytes) < bytes.Length || !RecordBatch.TryRead(bytes, out var batch, out _))
        {
            return null;
        }

        if (batch.Magic < 2)
        {
            return new TimestampedOffset(header.BaseOffset, header.MaxTimestampMs, -1);
        }

        try
        {
            if (batch.TryFind(timestampMs, startOffset, out var offset, out var foundMs))
            {
                return offset < below ? new TimestampedOffset(offset, foundMs, header.LeaderEpoch) : null;
            }
        }
        catch (RecordFormatException)
        {
            // A batch that was stored broken (Kafka takes some such from clients) has no record to be found; the reader of the batch will be told.
        }

        return null;
    }
}
