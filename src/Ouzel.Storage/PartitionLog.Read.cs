using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

public sealed partial class PartitionLog
{
    private const int ReadAttemptsMax = 8;

    /// <summary>
    /// The batches from the one that holds the offset on, as a range of the file, cut at the byte limit (the last batch may be cut in the middle; clients skip
    /// such a tail). With <paramref name="minOneMessage"/> the first batch is whole whatever its size. No bytes are read but headers.
    /// </summary>
    /// <param name="offset">Of a record, or the end of the log.</param>
    /// <param name="bytesMax">The most bytes to give.</param>
    /// <param name="isolation">How far the reader may see.</param>
    /// <param name="minOneMessage">Progress before the limit.</param>
    /// <param name="slice">A disposed slice to use again for the result; null makes one.</param>
    public LogReadResult Read(long offset, int bytesMax, FetchIsolation isolation, bool minOneMessage, FileSlice? slice = null)
    {
        try
        {
            for (var attempt = 0; attempt < ReadAttemptsMax; attempt++)
            {
                try
                {
                    if (TryRead(offset, bytesMax, isolation, minOneMessage, slice, out var result))
                    {
                        return result;
                    }
                }
                catch (ObjectDisposedException) when (!_isClosed)
                {
                    // The segment was deleted under the read: the next attempt sees the log without it.
                }
            }

            return Marks(ErrorCode.KafkaStorageError);
        }
        catch (ObjectDisposedException)
        {
            return Marks(ErrorCode.KafkaStorageError);
        }
        catch (DiskException e)
        {
            Fail(e);
            return Marks(ErrorCode.KafkaStorageError);
        }
    }

    /// <summary>The first record at or after a time, below what the isolation lets a reader see.</summary>
    public TimestampedOffset OffsetForTimestamp(long timestampMs, FetchIsolation isolation) =>
        Lookup(isolation, (segments, start, below) => OffsetLookup.ByTimestamp(segments, timestampMs, start, below));

    /// <summary>The first record that has the largest timestamp of the log (KIP-734).</summary>
    public TimestampedOffset OffsetOfMaxTimestamp(FetchIsolation isolation) => Lookup(isolation, (segments, _, below) => OffsetLookup.OfMaxTimestamp(segments, below));

    /// <summary>The start of the log and the epoch it was written in.</summary>
    public TimestampedOffset EarliestOffset() => new(LogStartOffset, -1, Epochs.EpochAt(LogStartOffset));

    /// <summary>The end of what the isolation lets a reader see, and the newest epoch.</summary>
    public TimestampedOffset LatestOffset(FetchIsolation isolation) => new(LimitOf(isolation), -1, _epochs.Latest);

    /// <summary>The largest epoch not above the one asked for, and where it ends; (-1, -1) when unknown (KIP-101, KIP-279).</summary>
    public (int Epoch, long EndOffset) EndOffsetForEpoch(int epoch) =>
        (epoch >= _epochs.Latest ? _epochs : Epochs).EndOffset(epoch, LogEndOffset);

    private TimestampedOffset Lookup(FetchIsolation isolation, Func<Segment[], long, long, TimestampedOffset?> find)
    {
        for (var attempt = 0; attempt < ReadAttemptsMax; attempt++)
        {
            try
            {
                return find(Segments, LogStartOffset, LimitOf(isolation)) ?? TimestampedOffset.None;
            }
            catch (ObjectDisposedException) when (!_isClosed)
            {
                // The segment was deleted under the lookup: once more without it.
            }
            catch (ObjectDisposedException e)
            {
                throw new DiskException("read", DirectoryPath, 0, "the log was closed", e);
            }
            catch (DiskException e)
            {
                Fail(e);
                throw;
            }
        }

        return TimestampedOffset.None;
    }

    private long LimitOf(FetchIsolation isolation)
    {
        lock (_marksLock)
        {
            return isolation switch { FetchIsolation.LogEnd => _end.Offset, FetchIsolation.HighWatermark => _high.Offset, _ => _stable.Offset };
        }
    }

    /// <summary>The aborted transactions that touch offsets from <paramref name="from"/> below <paramref name="below"/>, in the order of their first offsets.</summary>
    public IReadOnlyList<AbortedTransaction> AbortedTransactions(long from, long below)
    {
        var segments = Segments;
        List<AbortedTransaction>? found = null;
        for (var i = Math.Max(0, IndexOf(segments, from)); i < segments.Length && !segments[i].Transactions.Collect(from, below, ref found); i++)
        {
        }

        if (found == null)
        {
            return [];
        }

        found.Sort(static (a, b) => a.FirstOffset.CompareTo(b.FirstOffset));
        return found;
    }

    /// <summary>False when a segment was deleted under the read and it must be made again.</summary>
    private bool TryRead(long offset, int bytesMax, FetchIsolation isolation, bool minOneMessage, FileSlice? slice, out LogReadResult result)
    {
        LogMark end, limit, high, stable;
        lock (_marksLock)
        {
            (end, high, stable) = (_end, _high, _stable);
        }

        limit = isolation switch { FetchIsolation.LogEnd => end, FetchIsolation.HighWatermark => high, _ => stable };
        var start = LogStartOffset;
        result = new LogReadResult
        {
            HighWatermark = high.Offset,
            LastStableOffset = stable.Offset,
            LogStartOffset = start,
            LogEndOffset = end.Offset,
            AbortedTransactions = isolation == FetchIsolation.Committed ? [] : null,
        };
        if (offset < start || offset > end.Offset)
        {
            result = result with { Error = ErrorCode.OffsetOutOfRange };
            return true;
        }

        if (offset >= limit.Offset)
        {
            return true;
        }

        var segments = Segments;
        for (var i = Math.Max(0, IndexOf(segments, offset)); i < segments.Length && segments[i].BaseOffset < limit.Offset; i++)
        {
            var segment = segments[i];
            var isSealed = i + 1 < segments.Length && segments[i + 1].BaseOffset <= limit.Offset;
            var upTo = isSealed ? segment.Size
                : Math.Min(PositionOf(limit, segment), segment.Size); // the mark may be of the segment that compaction just replaced
            if (segment.Find(offset) is not { } first || first.Position >= upTo)
            {
                continue;
            }

            var length = (int)Math.Min(upTo - first.Position, minOneMessage ? Math.Max(bytesMax, first.SizeBytes) : bytesMax);
            result = result with { FirstBatchBytes = first.SizeBytes, BytesAvailable = upTo - first.Position, IsSealed = isSealed };
            if (length <= 0)
            {
                return true;
            }

            if (isolation == FetchIsolation.Committed)
            {
                result = result with { AbortedTransactions = AbortedTransactions(offset, OffsetBehind(segments, i, first.Position + length, end.Offset)) };
            }

            var file = segment.RetainFile(); // last: after it nothing fails, and the slice owns the reference
            (slice ??= new FileSlice()).Reset(file, first.Position, length);
            result = result with { Records = slice };
            return true;
        }

        return true;
    }

    /// <summary>The limit's position in the segment; looked up once and remembered, as a mark seldom moves to the middle of a log.</summary>
    private long PositionOf(LogMark limit, Segment segment)
    {
        if (limit.SegmentBase == segment.BaseOffset && limit.Position >= 0)
        {
            return limit.Position;
        }

        var position = segment.Find(limit.Offset)?.Position ?? segment.Size;
        var resolved = new LogMark(limit.Offset, segment.BaseOffset, position);
        lock (_marksLock)
        {
            if (_high == limit)
            {
                _high = resolved;
            }

            if (_stable == limit)
            {
                _stable = resolved;
            }
        }

        return position;
    }

    /// <summary>An offset that nothing before the position reaches, as near as the offset index knows.</summary>
    private static long OffsetBehind(Segment[] segments, int index, long position, long endOffset) =>
        segments[index].OffsetIndex.FirstAtOrBehind(position) is { } entry ? entry.Offset
        : index + 1 < segments.Length ? segments[index + 1].BaseOffset
        : endOffset;

    private LogReadResult Marks(ErrorCode error)
    {
        lock (_marksLock)
        {
            return new LogReadResult
            {
                Error = error,
                HighWatermark = _high.Offset,
                LastStableOffset = _stable.Offset,
                LogStartOffset = LogStartOffset,
                LogEndOffset = _end.Offset,
            };
        }
    }

    /// <summary>The last segment whose base offset is not above the offset, -1 when the offset lies before all.</summary>
    internal static int IndexOf(Segment[] segments, long offset)
    {
        int low = 0, high = segments.Length - 1, found = -1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (segments[middle].BaseOffset <= offset)
            {
                (found, low) = (middle, middle + 1);
            }
            else
            {
                high = middle - 1;
            }
        }

        return found;
    }
}
