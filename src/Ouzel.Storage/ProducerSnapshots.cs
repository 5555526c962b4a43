using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>The `.snapshot` files of one partition. Used under the log's lock.</summary>
internal sealed class ProducerSnapshots
{
    private readonly Disk _disk;
    private readonly SortedSet<long> _offsets;
    private readonly HashSet<long> _unsynced = [];
    private readonly string _directory;

    public ProducerSnapshots(Disk disk, string directory, IEnumerable<long> offsets)
    {
        _disk = disk;
        _directory = directory;
        _offsets = [.. offsets];
    }

    /// <summary>Offset of the newest snapshot, null without any.</summary>
    public long? Latest => _offsets.Count > 0 ? _offsets.Max : null;

    public IReadOnlyCollection<long> Offsets => _offsets;

    /// <summary>Writes the state unless that or a newer snapshot is there. It is synced by the flush that lets the recovery point pass it.</summary>
    public void Take(ProducerState state)
    {
        if (Latest >= state.EndOffset)
        {
            return;
        }

        _disk.ReplaceFile(PathOf(state.EndOffset), ProducerSnapshot.Encode(state.Producers), sync: false);
        _offsets.Add(state.EndOffset);
        _unsynced.Add(state.EndOffset);
    }

    /// <summary>The newest readable snapshot; unreadable ones are removed, as the log below them holds the same.</summary>
    public (long Offset, List<ProducerEntry> Producers)? LoadLatest(Action<string>? unreadable = null)
    {
        while (Latest is { } offset)
        {
            var path = PathOf(offset);
            if (_disk.Exists(path) && ProducerSnapshot.Decode(_disk.ReadAllBytes(path)) is { } producers)
            {
                return (offset, producers);
            }

            unreadable?.Invoke(path);
            Remove(offset);
        }

        return null;
    }

    /// <summary>Removes snapshots above the end of the log and those at or below its start.</summary>
    public void RemoveOutside(long startOffset, long endOffset)
    {
        foreach (var offset in _offsets.Where(o => o <= startOffset || o > endOffset).ToList())
        {
            Remove(offset);
        }
    }

    public void Remove(long offset)
    {
        _disk.Delete(PathOf(offset));
        _offsets.Remove(offset);
        _unsynced.Remove(offset);
    }

    public void RemoveAll()
    {
        foreach (var offset in _offsets.ToList())
        {
            Remove(offset);
        }
    }

    /// <summary>True when there are any for <see cref="TakeUnsynced"/>.</summary>
    public bool HasUnsynced => _unsynced.Count > 0;

    /// <summary>The paths written since the last call, for the flush to sync.</summary>
    public List<string> TakeUnsynced()
    {
        var paths = _unsynced.Select(PathOf).ToList();
        _unsynced.Clear();
        return paths;
    }

    /// <summary>Puts paths back that could not be synced now.</summary>
    public void PutBack(List<string> paths)
    {
        foreach (var offset in _offsets.Where(o => paths.Contains(PathOf(o))))
        {
            _unsynced.Add(offset);
        }
    }

    private string PathOf(long offset) => LogFiles.PathOf(_directory, offset, LogFiles.Snapshot);
}
