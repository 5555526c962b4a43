using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

internal sealed partial class Segment
{
    /// <summary>The log file, retained for the caller, so that what is being sent outlives the segment.</summary>
    /// <exception cref="ObjectDisposedException">The segment was let go meanwhile.</exception>
    public DiskFile RetainFile() => _log.Retain();

    /// <summary>The log file while it is being used.</summary>
    public HeldFile Hold() => _log.Hold();

    /// <summary>The number of descriptors it owns.</summary>
    public int OpenFileCount => (_log.IsOpen ? 1 : 0) + (_offsetIndex.IsOpen ? 1 : 0) + (_timeIndex.IsOpen ? 1 : 0) + (Transactions.IsOpen ? 1 : 0);

    /// <summary>Closes the files until their next use, but those whose bytes are not synced yet.</summary>
    public void LetGo()
    {
        _log.TryLetGo(syncFirst: false);
        _offsetIndex.LetGo();
        _timeIndex.LetGo();
        Transactions.LetGo();
    }

    /// <summary>Lets the disk begin with what was appended since the last call, ahead of <see cref="SyncLog"/>.</summary>
    public void StartWriteback()
    {
        var (from, to) = (_writebackTo, Size);
        if (from < to)
        {
            _log.StartWriteback(from, to - from);
        }

        _writebackTo = to;
    }

    /// <summary>Syncs the log file only.</summary>
    public void SyncLog()
    {
        _writebackTo = Size;
        _log.Sync();
    }

    /// <summary>Syncs the log file and its indexes.</summary>
    public void Sync()
    {
        SyncLog();
        _offsetIndex.Sync();
        _timeIndex.Sync();
        Transactions.Sync();
        HasUnsyncedIndexes = false;
    }

    /// <summary>Marks the files for deletion by their names, after <see cref="Close"/>; readers that hold the file go on. Returns the new paths.</summary>
    public List<string> RenameToDeleted()
    {
        var renamed = new List<string>();
        foreach (var suffix in Suffixes)
        {
            var path = PathOf(suffix);
            if (!_disk.Exists(path))
            {
                continue;
            }

            _disk.Move(path, path + LogFiles.Deleted);
            renamed.Add(path + LogFiles.Deleted);
        }

        return renamed;
    }

    /// <summary>Gives the files names with another ending: .cleaned, .swap or none.</summary>
    public void Rename(string nameSuffix)
    {
        var from = Suffixes.Select(PathOf).ToArray();
        _nameSuffix = nameSuffix;
        for (var i = 0; i < from.Length; i++)
        {
            if (_disk.Exists(from[i]))
            {
                _disk.Move(from[i], PathOf(Suffixes[i]));
            }
        }

        TellNames();
    }

    /// <summary>Closes and deletes a segment that never got its place.</summary>
    public void Discard()
    {
        Close();
        if (_nameSuffix != LogFiles.Cleaned)
        {
            return;
        }

        foreach (var suffix in Suffixes)
        {
            _disk.Delete(PathOf(suffix));
        }
    }

    /// <summary>The files that a lookup might need, retained for the caller: nobody has to open them by names that are about to change.</summary>
    public DiskFile[] RetainFiles() => [RetainFile(), _offsetIndex.Retain(), _timeIndex.Retain()];

    private void TellNames()
    {
        _log.Rename(LogPath);
        _offsetIndex.Rename(PathOf(LogFiles.OffsetIndex));
        _timeIndex.Rename(PathOf(LogFiles.TimeIndex));
        Transactions.Rename(PathOf(LogFiles.TransactionIndex));
    }

    /// <summary>Lets go of the files.</summary>
    public void Close()
    {
        _offsetIndex.Close();
        _timeIndex.Close();
        Transactions.Close();
        _log.Close();
    }
}
