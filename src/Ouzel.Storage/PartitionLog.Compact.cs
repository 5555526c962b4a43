using Ouzel.Storage.Compaction;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

public sealed partial class PartitionLog
{
    private long? _compactedTo;

    /// <summary>The offset below which a pass of compaction has been, null before the first; what the directory's checkpoint says.</summary>
    internal long? CompactedTo
    {
        get
        {
            lock (_lock)
            {
                return _compactedTo;
            }
        }

        set
        {
            lock (_lock)
            {
                _compactedTo = value;
            }
        }
    }

    /// <summary>A pass met damage, or something that no pass can get over; no more are tried until the next start.</summary>
    internal bool CannotBeCompacted { get; set; }

    /// <summary>Takes all that a pass of compaction needs to know, of one moment.</summary>
    internal LogView View()
    {
        lock (_lock)
        {
            return new LogView
            {
                Segments = _segments,
                StartOffset = _logStart,
                EndOffset = _end.Offset,
                StableOffset = LastStableOffset,
                CompactedTo = _compactedTo,
                Truncations = _truncations,
                Producers = _producers.Producers.ToDictionary(p => p.ProducerId, p => (p.LastOffset, p.Epoch)),
            };
        }
    }

    /// <summary>A segment beside the log, for what compaction keeps.</summary>
    /// <exception cref="OperationCanceledException">The log is gone.</exception>
    internal Segment CreateCleaned(long baseOffset, Segment last, long nowMs)
    {
        Segment? cleaned = null;
        return Named(() => cleaned = Segment.CreateCleaned(_context.Disk, DirectoryPath, baseOffset, last, nowMs)) ? cleaned! : throw new OperationCanceledException("the log was closed");
    }

    /// <summary>Closes a segment that never got its place, and deletes its files unless the log is gone: the next start does then, or nobody has to.</summary>
    internal void Discard(Segment cleaned)
    {
        if (!Named(cleaned.Discard))
        {
            cleaned.Close();
        }
    }

    /// <summary>
    /// Puts a compacted segment in the place of those it was made from. Its names become .swap names first and are made durable: from then on a start completes what
    /// a crash interrupts. False, and nothing happened, when the log changed since the pass began.
    /// </summary>
    internal bool TryReplace(ReadOnlySpan<Segment> old, Segment cleaned, int truncations, long nowMs)
    {
        lock (_lock)
        {
            var at = IndexOf(_segments, old[0].BaseOffset);
            if (IsFailed || _isClosing || _isClosed || truncations != _truncations || at < 0 || !_segments.AsSpan(at, Math.Min(old.Length, _segments.Length - at)).SequenceEqual(old))
            {
                return false;
            }

            var files = cleaned.RetainFiles(); // readers get it before its names are final, so they must not have to open it
            try
            {
                cleaned.Rename(LogFiles.Swap);
                _context.Disk.SyncDirectory(DirectoryPath);
                ReplaceSegments([.. _segments[..at], cleaned, .. _segments[(at + old.Length)..]]);
                foreach (var segment in old)
                {
                    SetAside(segment, keepsSnapshot: segment.BaseOffset == cleaned.BaseOffset, nowMs);
                }

                cleaned.Rename("");
                _isDirectoryDirty = true;
            }
            catch (DiskException e)
            {
                Fail(e); // the names are half changed: only a start can put them right
                throw;
            }
            finally
            {
                Array.ForEach(files, f => f.Release());
            }

            return true;
        }
    }

    private void SetAside(Segment segment, bool keepsSnapshot, long nowMs)
    {
        segment.Close(); // before the rename, so that a reader does not look for the file under its old name
        foreach (var path in segment.RenameToDeleted())
        {
            _deletions.Add((nowMs + Options.FileDeleteDelayMs, path));
        }

        if (!keepsSnapshot)
        {
            _snapshots.Remove(segment.BaseOffset);
        }
    }

    /// <summary>Notes how far a pass came, unless the log was truncated meanwhile.</summary>
    internal bool TryMarkCompacted(long offset, int truncations)
    {
        lock (_lock)
        {
            if (truncations != _truncations || _isClosed)
            {
                return false;
            }

            _compactedTo = offset;
            return true;
        }
    }

    /// <summary>The disk failed under a pass of compaction.</summary>
    internal void FailCompaction(DiskException e) => Fail(e);
}
