using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

public sealed partial class PartitionLog
{
    /// <summary>Drops everything from the offset on (a follower that differs from its leader). Returns whether anything was dropped.</summary>
    public bool TruncateTo(long offset, long nowMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return Lowering(offset, () =>
        {
            if (offset >= _end.Offset)
            {
                _epochs.TruncateFromEnd(_end.Offset);
                return false;
            }

            if (_segments[0].BaseOffset > offset)
            {
                StartOver(offset, nowMs);
            }
            else
            {
                Guarded(() => CutAt(offset, nowMs));
            }

            return true;
        });
    }

    /// <summary>Drops everything and begins at the offset (a follower whose leader no longer has what would come next).</summary>
    public void TruncateFullyAndStartAt(long offset, long nowMs) => Lowering(Math.Min(offset, LogStartOffset), () =>
    {
        StartOver(offset, nowMs);
        return true;
    });

    /// <summary>
    /// Runs a truncation. The checkpointed recovery point comes down before records go, else a start after a crash would trust what was written in their place;
    /// and if the start came down, its checkpoint follows, else that start would drop the log as one that ends before it. Where the checkpoint says nothing of what
    /// goes, mostly, it is left alone: it is one file for all partitions of the directory.
    /// </summary>
    private bool Lowering(long offset, Func<bool> truncate)
    {
        bool isLowered;
        lock (_lock)
        {
            ThrowIfGone();
            _recoveryPointMax = offset;
            isLowered = _recoveryPointWritten > offset;
            if (_recoveryPoint > offset)
            {
                Volatile.Write(ref _recoveryPoint, offset);
            }
        }

        if (isLowered)
        {
            _context.MarksLowered?.Invoke();
        }

        bool isStartLowered, isTruncated;
        lock (_lock)
        {
            ThrowIfGone();
            var start = _logStart;
            isTruncated = WholeOrFailed(truncate);
            isStartLowered = _logStart < start;
            _recoveryPointMax = long.MaxValue;
        }

        if (isStartLowered)
        {
            _context.MarksLowered?.Invoke();
        }

        return isTruncated;
    }

    /// <summary>A truncation that stops half way for want of descriptors leaves a log that must not be used until the next start reads it; the disk is well.</summary>
    private bool WholeOrFailed(Func<bool> truncate)
    {
        try
        {
            return truncate();
        }
        catch (DiskException e) when (e.IsOutOfDescriptors)
        {
            IsFailed = true;
            throw;
        }
    }

    private void CutAt(long offset, long nowMs)
    {
        // Newest first, and synced, so that a crash leaves neither a hole nor the old records behind new ones.
        var removed = _segments.Where(s => s.BaseOffset > offset).Reverse().ToList();
        ReplaceSegments([.. _segments.Where(s => s.BaseOffset <= offset)]);
        foreach (var segment in removed)
        {
            Remove(segment, nowMs);
        }

        if (removed.Count > 0)
        {
            _context.Disk.SyncDirectory(DirectoryPath);
        }

        Active.TruncateTo(offset, Options, nowMs);
        _epochs.TruncateFromEnd(offset);
        AfterTruncation(offset, Math.Min(_logStart, offset), nowMs);
    }

    /// <summary>
    /// Moves the start of the log up (DeleteRecords); segments before it go with the next retention run. OffsetOutOfRange beyond the high watermark.
    /// A start that is not higher than the present one changes nothing.
    /// </summary>
    public ErrorCode MaybeIncrementStart(long offset)
    {
        lock (_lock)
        {
            if (IsFailed || _isClosing || _isClosed)
            {
                return ErrorCode.KafkaStorageError;
            }

            if (offset < 0 || offset > HighWatermark)
            {
                return ErrorCode.OffsetOutOfRange;
            }

            if (offset <= _logStart)
            {
                return ErrorCode.None;
            }

            try
            {
                MoveStart(offset);
                return ErrorCode.None;
            }
            catch (DiskException e)
            {
                Fail(e);
                return ErrorCode.KafkaStorageError;
            }
        }
    }

    /// <summary>
    /// Removes segments before the start of the log, and with cleanup.policy=delete those beyond retention.bytes and retention.ms, never one that reaches above
    /// the high watermark. Then deletes files whose file.delete.delay.ms has passed. Returns how many segments were removed.
    /// </summary>
    public int RunRetention(long nowMs)
    {
        lock (_lock)
        {
            if (IsFailed || _isClosing || _isClosed)
            {
                return 0;
            }

            var removed = 0;
            Guarded(() =>
            {
                removed += RemoveOldest((_, next) => next != null && next.BaseOffset <= _logStart, nowMs);
                if (Options is { Delete: true, RetentionBytes: >= 0 and var bytesMax })
                {
                    var excess = SizeBytes - bytesMax;
                    removed += RemoveOldest((segment, _) => excess >= segment.Size && (excess -= segment.Size) >= 0, nowMs);
                }

                if (Options is { Delete: true, RetentionMs: >= 0 and var ageMaxMs })
                {
                    removed += RemoveOldest((segment, _) => nowMs - segment.RetentionTimestampMs > ageMaxMs && nowMs - segment.ConfirmedRetentionTimestampMs > ageMaxMs, nowMs);
                }

                DeleteFiles(nowMs);
            });
            return removed;
        }
    }

    /// <summary>The time from which the next removed file may be deleted, null when none waits.</summary>
    public long? NextFileDeletionMs
    {
        get
        {
            lock (_lock)
            {
                return _deletions.Count == 0 ? null : _deletions.Min(d => d.AtMs);
            }
        }
    }

    /// <summary>Deletes the files of removed segments whose delay has passed.</summary>
    public void DeleteFilesDue(long nowMs)
    {
        lock (_lock)
        {
            if (!_isClosed && !IsFailed)
            {
                Guarded(() => DeleteFiles(nowMs));
            }
        }
    }

    /// <summary>Begins a new segment now, as a roll by time would.</summary>
    public void RollSegment(long nowMs)
    {
        lock (_lock)
        {
            ThrowIfGone();
            Guarded(() => Roll(_end.Offset, nowMs));
        }
    }

    private int RemoveOldest(Func<Segment, Segment?, bool> goes, long nowMs)
    {
        var high = HighWatermark;
        var count = 0;
        for (; count < _segments.Length; count++)
        {
            var next = count + 1 < _segments.Length ? _segments[count + 1] : null;
            if (high < (next?.BaseOffset ?? _end.Offset) || !goes(_segments[count], next) || (next == null && _segments[count].Size == 0))
            {
                break;
            }
        }

        if (count == 0)
        {
            return 0;
        }

        if (count == _segments.Length)
        {
            Roll(_end.Offset, nowMs);
        }

        var gone = _segments[..count];
        if (_segments[count].BaseOffset > _logStart)
        {
            MoveStart(_segments[count].BaseOffset);
        }

        ReplaceSegments(_segments[count..]);
        foreach (var segment in gone)
        {
            Remove(segment, nowMs);
        }

        return count;
    }

    private void MoveStart(long offset)
    {
        Volatile.Write(ref _logStart, offset);
        _epochs.TruncateFromStart(offset);
        _snapshots.RemoveOutside(offset, long.MaxValue);
        _producers.OnHighWatermark(offset);
        MoveHighWatermark(_high.Offset);
    }

    private void Remove(Segment segment, long nowMs)
    {
        segment.Close(); // before the rename, so that a reader does not look for the file under its old name
        foreach (var path in segment.RenameToDeleted())
        {
            _deletions.Add((nowMs + Options.FileDeleteDelayMs, path));
        }

        if (segment.BaseOffset > _logStart || segment.BaseOffset == 0)
        {
            _snapshots.Remove(segment.BaseOffset);
        }

        _isDirectoryDirty = true;
    }

    private void DeleteFiles(long nowMs)
    {
        foreach (var (_, path) in _deletions.Where(d => d.AtMs <= nowMs))
        {
            _context.Disk.Delete(path);
        }

        _deletions.RemoveAll(d => d.AtMs <= nowMs);
    }

    private void StartOver(long offset, long nowMs) => Guarded(() =>
    {
        foreach (var segment in _segments.Reverse())
        {
            Remove(segment, nowMs);
        }

        _context.Disk.SyncDirectory(DirectoryPath);
        ReplaceSegments([NewSegment(offset, nowMs)]);
        _context.Disk.SyncDirectory(DirectoryPath);
        _epochs.Clear();
        _snapshots.RemoveAll();
        AfterTruncation(offset, offset, nowMs);
    });

    private void AfterTruncation(long end, long start, long nowMs)
    {
        _truncations++;
        if (_recoveryPoint > end)
        {
            Volatile.Write(ref _recoveryPoint, end);
        }

        Volatile.Write(ref _logStart, start);
        if (_compactedTo > end)
        {
            _compactedTo = end;
        }

        Publish(end);
        new ProducerReplay(_segments, _producers, _snapshots).Rebuild(start, end, nowMs);
        MoveHighWatermark(Math.Min(_high.Offset, end));
    }
}
