using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// Syncs everything below the current end of the log and moves the recovery point there. Blocks on the disk: called by the directory's flusher, not by
    /// the thread that serves requests. A failure takes the log directory offline and is thrown.
    /// </summary>
    public void Flush()
    {
        lock (_flushLock)
        {
            Unsynced unsynced;
            lock (_lock)
            {
                ThrowIfFailed();
                unsynced = TakeUnsynced();
            }

            try
            {
                if (!TrySyncAll(unsynced))
                {
                    return;
                }
            }
            catch (DiskException) when (_isClosed)
            {
                return; // closed or deleted under the sync: whoever waits is told that the recovery point did not move
            }
            catch (DiskException e)
            {
                Fail(e);
                if (e.IsOutOfDescriptors)
                {
                    PutBack(unsynced); // nothing was lost, and nothing may count as synced: the next flush does all of it
                }

                throw;
            }

            lock (_lock)
            {
                if (unsynced.Truncations == _truncations && unsynced.EndOffset > _recoveryPoint && unsynced.EndOffset <= _recoveryPointMax)
                {
                    Volatile.Write(ref _recoveryPoint, unsynced.EndOffset);
                }
            }
        }
    }

    /// <summary>Under the lock: what was written since the last flush counts as synced from here on, unless it is put back.</summary>
    private Unsynced TakeUnsynced()
    {
        List<Segment>? sealedSegments = null; // most flushes find only the active one dirty: nothing is allocated for those
        foreach (var segment in _segments)
        {
            if (segment.IsDirty && segment != Active)
            {
                (sealedSegments ??= []).Add(segment);
            }

            if (segment != Active)
            {
                segment.IsDirty = false;
            }
        }

        var snapshots = _snapshots.HasUnsynced ? _snapshots.TakeUnsynced() : null;
        var unsynced = new Unsynced(_end.Offset, _truncations, Active, Active.IsDirty, sealedSegments, snapshots, _isDirectoryDirty || _hasNewNames || snapshots != null, _hasNewNames);
        Active.IsDirty = _isDirectoryDirty = _hasNewNames = false;
        return unsynced;
    }

    private void PutBack(in Unsynced unsynced)
    {
        lock (_lock)
        {
            unsynced.SealedSegments?.ForEach(s => s.IsDirty = true);
            unsynced.Active.IsDirty |= unsynced.IsActiveDirty;
            if (unsynced.Snapshots != null)
            {
                _snapshots.PutBack(unsynced.Snapshots);
            }

            (_isDirectoryDirty, _hasNewNames) = (_isDirectoryDirty || unsynced.IsDirectoryDirty, _hasNewNames || unsynced.HasNewNames);
        }
    }

    /// <summary>Lets the disk begin with what the next <see cref="Flush"/> will wait for.</summary>
    internal void StartWriteback() => Active.StartWriteback();

    /// <summary>Makes renamed and removed segment files durable, so that a crash does not bring them back.</summary>
    internal void SyncNames()
    {
        lock (_flushLock)
        {
            lock (_lock)
            {
                if (!_isDirectoryDirty || IsFailed)
                {
                    return;
                }

                _isDirectoryDirty = false;
            }

            try
            {
                Named(() => Guarded(() => _context.Disk.SyncDirectory(DirectoryPath)));
            }
            catch (DiskException e) when (e.IsOutOfDescriptors)
            {
                lock (_lock)
                {
                    _isDirectoryDirty = true;
                }

                throw;
            }
        }
    }

    /// <summary>Does something to files by their names, while the log's directory keeps its own. False when the log is gone: nothing was done.</summary>
    private bool Named(Action work)
    {
        lock (_namesLock)
        {
            if (_isClosed)
            {
                return false;
            }

            work();
            return true;
        }
    }

    /// <summary>False when the log was closed or deleted meanwhile.</summary>
    private bool TrySyncAll(Unsynced unsynced)
    {
        // The indexes of the segment that takes appends need no sync: a start after a crash builds them again.
        unsynced.SealedSegments?.ForEach(s => SyncUnlessGone(s, withIndexes: true));
        if (unsynced.IsActiveDirty)
        {
            SyncUnlessGone(unsynced.Active, withIndexes: _isClosing);
        }

        lock (_namesLock)
        {
            if (_isClosed)
            {
                return false;
            }

            unsynced.Snapshots?.ForEach(SyncSnapshot);
            _epochs.Save(unsynced.EndOffset);
            if (unsynced.IsDirectoryDirty)
            {
                _context.Disk.SyncDirectory(DirectoryPath);
            }

            if (unsynced.HasNewNames)
            {
                SyncNewNames();
            }

            return true;
        }
    }

    /// <summary>A segment that retention, truncation or compaction took away under the sync holds nothing that must become durable: the start moved, or its successor is synced.</summary>
    private static void SyncUnlessGone(Segment segment, bool withIndexes)
    {
        try
        {
            if (withIndexes)
            {
                segment.Sync();
            }
            else
            {
                segment.SyncLog();
            }
        }
        catch (ObjectDisposedException)
        {
            return;
        }
    }

    /// <summary>A new partition's names are synced by its first commit, not when they are made: nothing is durable in a directory that may vanish.</summary>
    private void SyncNewNames()
    {
        if (PartitionMetadata.PathIn(DirectoryPath) is var metadata && _context.Disk.Exists(metadata))
        {
            SyncFile(metadata);
        }

        _context.Entries?.EnsureDurable(_directoryNumber);
    }

    /// <summary>A snapshot that retention or truncation removed meanwhile is missed by nobody.</summary>
    private void SyncSnapshot(string path)
    {
        try
        {
            SyncFile(path);
        }
        catch (DiskException e) when (e.Errno == DiskException.NotFound)
        {
            return;
        }
    }

    private void SyncFile(string path)
    {
        var file = _context.Disk.Open(path, DiskOpen.Existing);
        try
        {
            file.Sync();
        }
        finally
        {
            file.Release();
        }
    }
}

/// <summary>The work that a flush found.</summary>
internal readonly record struct Unsynced(
    long EndOffset, int Truncations, Segment Active, bool IsActiveDirty, List<Segment>? SealedSegments, List<string>? Snapshots, bool IsDirectoryDirty, bool HasNewNames);
