using System.Buffers;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>A segment's files held against each other: at a start that trusts them, and before the indexes of an older segment are used.</summary>
internal sealed partial class Segment
{
    /// <summary>
    /// Finds what is wrong with a segment that a stop left which called itself clean; null when nothing is. Reads the indexes, the batches from the last index
    /// entry on, and the last of them whole.
    /// </summary>
    public string? FindFlaw()
    {
        if (Size == 0)
        {
            return null;
        }

        if (!AreIndexesRight())
        {
            return "index entries that cannot be";
        }

        Span<byte> buffer = stackalloc byte[BatchWalker.BufferBytes];
        using var held = Hold();
        var entry = _offsetIndex.Last();
        var walker = new BatchWalker(held.File, entry.Position, Size, buffer);
        BatchHeader? last = null;
        while (walker.TryNext(out var header))
        {
            if (header.BaseOffset < BaseOffset || header.LastOffset < header.BaseOffset || header.BaseOffset <= last?.LastOffset || header.LastOffset - BaseOffset > int.MaxValue)
            {
                return $"a batch with the impossible offset {header.BaseOffset}";
            }

            if (last == null && header.Position > 0 && header.BaseOffset > entry.Offset)
            {
                return "an index entry that points to another batch";
            }

            last = header;
        }

        if (walker.Position != Size)
        {
            return "bytes that are no whole batch";
        }

        if (last is { } batch && !IsCrcValid(held.File, batch))
        {
            return "a batch with a wrong checksum";
        }

        _areIndexesChecked = true;
        return null;
    }

    /// <summary>The time by which retention may take the segment away: what the index says is held against the batch it names first, once.</summary>
    public long ConfirmedRetentionTimestampMs
    {
        get
        {
            if (!_isTimestampConfirmed)
            {
                var max = MaxTimestamp;
                if (max.TimestampMs >= 0 && Find(max.Offset)?.MaxTimestampMs != max.TimestampMs)
                {
                    lock (_checkLock)
                    {
                        RebuildIndexes();
                    }
                }

                _isTimestampConfirmed = true;
            }

            return RetentionTimestampMs;
        }
    }

    private void EnsureIndexesAreRight()
    {
        if (_areIndexesChecked)
        {
            return;
        }

        lock (_checkLock)
        {
            if (_areIndexesChecked)
            {
                return;
            }

            if (!AreIndexesRight())
            {
                RebuildIndexes();
            }

            _areIndexesChecked = true;
        }
    }

    private bool AreIndexesRight() => _offsetIndex.IsSound(Size) && _timeIndex.IsSound();

    /// <summary>Builds offset and time index of a segment that takes no appends from the headers of its batches. A reader meanwhile finds fewer entries and walks farther.</summary>
    private void RebuildIndexes()
    {
        _offsetIndex.TruncateToCount(0);
        _timeIndex.TruncateToCount(0);
        Span<byte> buffer = stackalloc byte[BatchWalker.BufferBytes];
        using var held = Hold();
        var walker = new BatchWalker(held.File, 0, Size, buffer);
        (long TimestampMs, long Offset) max = (-1, -1);
        var (indexedTo, before) = (0, BaseOffset - 1);
        while (walker.TryNext(out var header) && header.BaseOffset > before && header.LastOffset >= header.BaseOffset && header.LastOffset - BaseOffset <= int.MaxValue)
        {
            before = header.LastOffset;
            if (header.MaxTimestampMs > max.TimestampMs)
            {
                max = (header.MaxTimestampMs, header.LastOffset);
            }

            if (header.Position - indexedTo <= _indexIntervalBytes)
            {
                continue;
            }

            _offsetIndex.Append(header.LastOffset, header.Position);
            _timeIndex.MaybeAppend(max.TimestampMs, max.Offset);
            indexedTo = header.Position;
        }

        _timeIndex.MaybeAppend(max.TimestampMs, max.Offset);
        _offsetIndex.Trim();
        _timeIndex.Trim();
        (_maxTimestamp, _isTimestampLoaded) = (max, true);
        Repaired?.Invoke(LogPath);
    }

    private static bool IsCrcValid(DiskFile file, in BatchHeader header)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(header.SizeBytes);
        try
        {
            return file.ReadFully(header.Position, bytes.AsSpan(0, header.SizeBytes)) == header.SizeBytes
                && RecordBatch.TryRead(bytes.AsSpan(0, header.SizeBytes), out var batch, out _) && batch.IsCrcValid();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
