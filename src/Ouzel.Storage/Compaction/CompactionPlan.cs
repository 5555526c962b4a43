namespace Ouzel.Storage.Compaction;

/// <summary>A segment as planning knows it. FirstTimestampMs is that of its first batch; it counts only under max.compaction.lag.ms.</summary>
internal readonly record struct SegmentSketch(long BaseOffset, long SizeBytes, int IndexBytes, int TimeIndexBytes, long MaxTimestampMs, long FirstTimestampMs);

/// <summary>The part of a log that may be compacted, and whether it is time to. Computed, nothing is read.</summary>
/// <param name="DirtyFrom">Where the part begins that no pass has seen.</param>
/// <param name="Below">A segment's base: from here on nothing may be compacted yet.</param>
/// <param name="DirtyRatio">The share of bytes not yet compacted.</param>
/// <param name="IsDue">Whether to compact now.</param>
internal readonly record struct CompactionPlan(long DirtyFrom, long Below, double DirtyRatio, bool IsDue)
{
    /// <summary>
    /// The active segment, what lies at or above the last stable offset, and what is younger than min.compaction.lag.ms stay as they are. Due when the dirty share
    /// is above min.cleanable.dirty.ratio, or when the oldest dirty record has waited longer than max.compaction.lag.ms (KIP-354).
    /// </summary>
    /// <param name="segments">All segments, the active one last.</param>
    /// <param name="compactedTo">Where the last pass ended, null before the first.</param>
    /// <param name="startOffset">The start of the log.</param>
    /// <param name="endOffset">The end of the log.</param>
    /// <param name="stableOffset">The last stable offset.</param>
    /// <param name="options">The topic's settings.</param>
    /// <param name="nowMs">The present time in Unix milliseconds.</param>
    public static CompactionPlan Of(
        ReadOnlySpan<SegmentSketch> segments, long? compactedTo, long startOffset, long endOffset, long stableOffset, LogOptions options, long nowMs)
    {
        var dirtyFrom = compactedTo is { } known && known >= startOffset && known <= endOffset ? known : startOffset;
        var below = Math.Min(segments[^1].BaseOffset, BaseAt(segments, stableOffset));
        long cleanBytes = 0, dirtyBytes = 0;
        var isLate = false;
        for (var i = 0; i < segments.Length - 1 && segments[i].BaseOffset < below; i++)
        {
            var segment = segments[i];
            if (segments[i + 1].BaseOffset <= dirtyFrom)
            {
                cleanBytes += segment.SizeBytes;
                continue;
            }

            if (options.MinCompactionLagMs > 0 && segment.MaxTimestampMs > nowMs - options.MinCompactionLagMs)
            {
                below = segment.BaseOffset;
                break;
            }

            dirtyBytes += segment.SizeBytes;
            isLate |= segment.FirstTimestampMs > 0 && nowMs - segment.FirstTimestampMs > options.MaxCompactionLagMs;
        }

        var ratio = dirtyBytes == 0 ? 0 : dirtyBytes / (double)(cleanBytes + dirtyBytes);
        return new CompactionPlan(dirtyFrom, below, ratio, dirtyBytes > 0 && below > dirtyFrom && (isLate || ratio > options.MinCleanableDirtyRatio));
    }

    /// <summary>
    /// Puts the segments below an offset together: each group becomes one segment, not larger than segment.bytes and segment.index.bytes allow, and with
    /// offsets that fit behind its base. Returns how many segments each group has.
    /// </summary>
    public static List<int> Groups(ReadOnlySpan<SegmentSketch> segments, long below, LogOptions options)
    {
        var groups = new List<int>();
        for (var i = 0; i < segments.Length && segments[i].BaseOffset < below;)
        {
            var (first, count) = (segments[i], 1);
            var (bytes, indexBytes, timeIndexBytes) = (first.SizeBytes, (long)first.IndexBytes, (long)first.TimeIndexBytes);
            for (; i + count < segments.Length && segments[i + count].BaseOffset < below; count++)
            {
                var next = segments[i + count];
                var last = i + count + 1 < segments.Length ? segments[i + count + 1].BaseOffset - 1 : below - 1;
                bytes += next.SizeBytes;
                indexBytes += next.IndexBytes;
                timeIndexBytes += next.TimeIndexBytes;
                if (bytes > options.SegmentBytes || Math.Max(indexBytes, timeIndexBytes) > options.SegmentIndexBytes || (next.SizeBytes > 0 && last - first.BaseOffset > int.MaxValue))
                {
                    break;
                }
            }

            groups.Add(count);
            i += count;
        }

        return groups;
    }

    private static long BaseAt(ReadOnlySpan<SegmentSketch> segments, long offset)
    {
        for (var i = segments.Length - 1; i > 0; i--)
        {
            if (segments[i].BaseOffset <= offset)
            {
                return segments[i].BaseOffset;
            }
        }

        return segments[0].BaseOffset;
    }
}
