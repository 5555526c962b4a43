using System.Globalization;

namespace Ouzel.Storage;

/// <summary>A leader epoch and the first offset written under it.</summary>
public readonly record struct LeaderEpoch(int Epoch, long StartOffset);

/// <summary>
/// Which leader wrote from which offset on (KIP-101): `leader-epoch-checkpoint`. Both numbers grow from entry to entry. Changes are kept in memory until
/// <see cref="Save"/>, which the log's flush calls before it lets the recovery point pass: until then the batches themselves tell recovery their epochs.
/// </summary>
internal sealed class LeaderEpochs
{
    public const string FileName = "leader-epoch-checkpoint";

    private readonly Disk _disk;
    private readonly Lock _lock = new();
    private LeaderEpoch[] _entries;
    private string _path;
    private bool _isChanged;

    private LeaderEpochs(Disk disk, string path, LeaderEpoch[] entries) => (_disk, _path, _entries) = (disk, path, entries);

    /// <summary>The entries, oldest first. The array is never changed.</summary>
    public LeaderEpoch[] Entries => Volatile.Read(ref _entries);

    /// <summary>The newest epoch, -1 when there is none.</summary>
    public int Latest => Entries is [.., var last] ? last.Epoch : -1;

    /// <summary>Those of a new log.</summary>
    public static LeaderEpochs None(Disk disk, string directory) => new(disk, directory + "/" + FileName, []);

    /// <summary>Reads the file of a partition's directory; a missing or unreadable one gives no entries, as less knowledge only costs work.</summary>
    public static LeaderEpochs Open(Disk disk, string directory)
    {
        var path = directory + "/" + FileName;
        var entries = new List<LeaderEpoch>();
        foreach (var fields in CheckpointFile.Read(disk, path, fieldCount: 2) ?? [])
        {
            if (int.TryParse(fields[0], CultureInfo.InvariantCulture, out var epoch) && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var start)
                && (entries.Count == 0 || (entries[^1].Epoch < epoch && entries[^1].StartOffset < start)))
                entries.Add(new LeaderEpoch(epoch, start));
        }
        return new LeaderEpochs(disk, path, [.. entries]);
    }

    /// <summary>Notes that the epoch begins at the offset. An entry at or behind that offset (an epoch nothing was written in) gives way to it.</summary>
    public void Assign(int epoch, long startOffset)
    {
        if (epoch < 0)
            return;
        lock (_lock)
        {
            if (epoch == Latest)
                return;
            Replace([.. _entries.TakeWhile(e => e.Epoch < epoch && e.StartOffset < startOffset), new LeaderEpoch(epoch, startOffset)]);
        }
    }

    /// <summary>Forgets epochs that begin at or behind the end of the log.</summary>
    public void TruncateFromEnd(long endOffset)
    {
        lock (_lock)
        {
            if (_entries is [.., var last] && last.StartOffset >= endOffset)
                Replace([.. _entries.Where(e => e.StartOffset < endOffset)]);
        }
    }

    /// <summary>Forgets epochs wholly before the start of the log; the one in force there now begins at the start.</summary>
    public void TruncateFromStart(long startOffset)
    {
        lock (_lock)
        {
            var current = Array.FindLastIndex(_entries, e => e.StartOffset <= startOffset);
            if (current < 0 || (current == 0 && _entries[0].StartOffset == startOffset))
                return;
            Replace([new LeaderEpoch(_entries[current].Epoch, startOffset), .. _entries[(current + 1)..]]);
        }
    }

    /// <summary>Makes the changes durable: a new file, synced, in the place of the old one (KAFKA-16541).</summary>
    public void Save(bool sync = true)
    {
        lock (_lock)
        {
            if (!_isChanged)
                return;
            CheckpointFile.Write(_disk, _path, _entries, static (line, e) => line.Append(e.Epoch).Append(' ').Append(e.StartOffset), sync);
            _isChanged = false;
        }
    }

    public void MoveTo(string directory)
    {
        lock (_lock)
            _path = directory + "/" + FileName;
    }

    public void Clear()
    {
        lock (_lock)
        {
            if (_entries.Length > 0)
                Replace([]);
        }
    }

    /// <summary>The epoch that wrote the offset, -1 when that is not known.</summary>
    public int EpochAt(long offset)
    {
        var entries = Entries;
        var at = Array.FindLastIndex(entries, e => e.StartOffset <= offset);
        return at < 0 ? -1 : entries[at].Epoch;
    }

    /// <summary>
    /// The end of the largest epoch that is not above the one asked for: (that epoch, first offset of the next). (-1, -1) when the epoch is undefined or
    /// above every known one.
    /// </summary>
    public (int Epoch, long EndOffset) EndOffset(int epoch, long logEndOffset)
    {
        var entries = Entries;
        if (epoch < 0 || entries.Length == 0 || epoch > entries[^1].Epoch)
            return (-1, -1);
        if (epoch == entries[^1].Epoch)
            return (epoch, logEndOffset);
        var higher = Array.FindIndex(entries, e => e.Epoch > epoch);
        return (higher == 0 ? epoch : entries[higher - 1].Epoch, entries[higher].StartOffset);
    }

    private void Replace(LeaderEpoch[] entries)
    {
        _isChanged = true;
        Volatile.Write(ref _entries, entries);
    }
}
