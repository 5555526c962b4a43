using System.Globalization;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>A leader epoch and the first offset written under it.</summary>
public readonly record struct LeaderEpoch(int Epoch, long StartOffset);

/// <summary>
/// The leaders of a log by the offset each wrote from (KIP-101): `leader-epoch-checkpoint`. Both numbers grow from entry to entry. Changes are kept in memory
/// until <see cref="Save"/>, which the log's flush calls before it lets the recovery point pass: until then the batches themselves tell recovery their epochs.
/// </summary>
/// <remarks>
/// The file is read when somebody asks for what only it can tell; until then it is noted what was done to the entries. So a start reads none, and a flush
/// writes none for a leader that wrote no records: an entry at the end of the log is dropped by the next start.
/// </remarks>
internal sealed class LeaderEpochs
{
    public const string FileName = "leader-epoch-checkpoint";

    private const int Unknown = -2;

    private readonly Disk _disk;
    private readonly Lock _lock = new();
    private LeaderEpoch[]? _entries;
    private LeaderEpoch[] _saved = [];
    private LeaderEpoch? _assigned; // while the file is not read: the newest entry, which begins at or behind the end of what was written before it
    private long _from = long.MinValue; // while the file is not read: where the log begins
    private long _below = long.MaxValue; // while the file is not read: where the log ended when that was last cut or opened
    private readonly string _path;
    private int _latest;

    private readonly Action<string>? _unreadable;

    private LeaderEpochs(Disk disk, string path, LeaderEpoch[]? entries, Action<string>? unreadable) =>
        (_disk, _path, _entries, _latest, _unreadable) = (disk, path, entries, entries == null ? Unknown : -1, unreadable);

    /// <summary>The entries, oldest first. The array is never changed.</summary>
    /// <exception cref="DiskException">The file had to be read and could not be.</exception>
    public LeaderEpoch[] Entries => Volatile.Read(ref _entries) ?? ReadNow();

    /// <summary>True when asking costs no disk access any more.</summary>
    public bool IsRead => Volatile.Read(ref _entries) != null;

    /// <summary>The newest epoch, -1 when there is none. Free of disk access once an epoch was assigned.</summary>
    public int Latest
    {
        get
        {
            if (Volatile.Read(ref _latest) == Unknown)
            {
                ReadNow();
            }

            return Volatile.Read(ref _latest);
        }
    }

    /// <summary>Those of a new log.</summary>
    public static LeaderEpochs None(Disk disk, string directory) => new(disk, directory + "/" + FileName, [], null);

    /// <summary>Those of a partition's directory; a missing or unreadable file gives no entries, as less knowledge only costs work.</summary>
    public static LeaderEpochs Open(Disk disk, string directory, Action<string>? unreadable = null) => new(disk, directory + "/" + FileName, null, unreadable);

    /// <summary>Notes that the epoch begins at the offset. An entry at or behind that offset (an epoch nothing was written in) gives way to it.</summary>
    public void Assign(int epoch, long startOffset)
    {
        if (epoch < 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_entries == null && (_assigned is not { } before || (before.Epoch < epoch && before.StartOffset >= startOffset)))
            {
                _assigned = new LeaderEpoch(epoch, startOffset); // it comes after whatever the file says, or in the place of one that nothing was written under
                Volatile.Write(ref _latest, epoch);
                return;
            }

            if (epoch != Latest)
            {
                Replace(With(Entries, new LeaderEpoch(epoch, startOffset)));
            }
        }
    }

    /// <summary>Forgets epochs that begin at or behind the end of the log.</summary>
    public void TruncateFromEnd(long endOffset)
    {
        lock (_lock)
        {
            if (_entries == null && _assigned == null && endOffset > _from)
            {
                _below = Math.Min(_below, endOffset);
            }
            else
            {
                Replace(CutFromEnd(Entries, endOffset));
            }
        }
    }

    /// <summary>Forgets epochs wholly before the start of the log; the one in force there now begins at the start.</summary>
    public void TruncateFromStart(long startOffset)
    {
        lock (_lock)
        {
            if (_entries == null && _assigned == null)
            {
                _from = Math.Max(_from, startOffset);
            }
            else
            {
                Replace(CutFromStart(Entries, startOffset));
            }
        }
    }

    /// <summary>
    /// Makes the changes durable: a new file, synced, in the place of the old one (KAFKA-16541). Nothing is written while the epochs below
    /// <paramref name="endOffset"/>, those that something was written under, are what the file says.
    /// </summary>
    public void Save(long endOffset)
    {
        lock (_lock)
        {
            if (_entries == null && !(_assigned?.StartOffset < endOffset))
            {
                return;
            }

            var entries = Entries;
            if (ReferenceEquals(entries, _saved) || SaysTheSame(entries, _saved, endOffset))
            {
                return;
            }

            _disk.ReplaceFile(_path, Bytes(entries));
            _saved = entries;
        }
    }

    /// <summary>
    /// As <see cref="Save"/>, and leaves also an epoch that nothing was written under in the file, as Kafka does. The next start drops it, so it need not be
    /// durable; but what the file says of records must not be lost over it.
    /// </summary>
    public void SaveAll(long endOffset)
    {
        Save(endOffset);
        lock (_lock)
        {
            if ((_entries == null && _assigned == null) || Entries.AsSpan().SequenceEqual(_saved))
            {
                return;
            }

            _disk.ReplaceFile(_path, Bytes(Entries), sync: !SaysTheSame([], _saved, endOffset), syncName: false);
            _saved = Entries;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            if (Entries.Length > 0)
            {
                Replace([]);
            }
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
        var latest = Latest;
        if (epoch < 0 || latest < 0 || epoch > latest)
        {
            return (-1, -1);
        }

        if (epoch == latest)
        {
            return (epoch, logEndOffset);
        }

        var entries = Entries;
        var higher = Array.FindIndex(entries, e => e.Epoch > epoch);
        return (higher == 0 ? epoch : entries[higher - 1].Epoch, entries[higher].StartOffset);
    }

    private void Replace(LeaderEpoch[] entries)
    {
        Volatile.Write(ref _entries, entries);
        Volatile.Write(ref _latest, entries is [.., var last] ? last.Epoch : -1);
    }

    private LeaderEpoch[] ReadNow()
    {
        lock (_lock)
        {
            if (_entries is { } known)
            {
                return known;
            }

            _saved = ReadFile();
            var entries = CutFromStart(CutFromEnd(_saved, _below), _from);
            entries = _assigned is { } assigned && (entries.Length == 0 || entries[^1].Epoch != assigned.Epoch) ? With(entries, assigned) : entries;
            Replace(entries);
            return entries;
        }
    }

    private LeaderEpoch[] ReadFile()
    {
        var entries = new List<LeaderEpoch>();
        var lines = CheckpointFile.Read(_disk, _path, fieldCount: 2);
        foreach (var fields in lines ?? [])
        {
            if (int.TryParse(fields[0], CultureInfo.InvariantCulture, out var epoch) && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var start)
                && (entries.Count == 0 || (entries[^1].Epoch < epoch && entries[^1].StartOffset < start)))
            {
                entries.Add(new LeaderEpoch(epoch, start));
            }
        }

        if (entries.Count != lines?.Count && CheckpointFile.HasContent(_disk, _path))
        {
            KeptAside.Move(_disk, _path);
            _disk.ReplaceFile(_path, Bytes([.. entries]));
            _unreadable?.Invoke(_path);
        }

        return [.. entries];
    }

    private static byte[] Bytes(LeaderEpoch[] entries) => CheckpointFile.Bytes(entries, static (line, e) => line.Append(e.Epoch).Append(' ').Append(e.StartOffset));

    private static bool SaysTheSame(LeaderEpoch[] entries, LeaderEpoch[] saved, long endOffset) =>
        CutFromEnd(entries, endOffset).AsSpan().SequenceEqual(CutFromEnd(saved, endOffset));

    private static LeaderEpoch[] With(LeaderEpoch[] entries, LeaderEpoch next) =>
        [.. entries.TakeWhile(e => e.Epoch < next.Epoch && e.StartOffset < next.StartOffset), next];

    private static LeaderEpoch[] CutFromEnd(LeaderEpoch[] entries, long endOffset) =>
        entries is [.., var last] && last.StartOffset >= endOffset ? [.. entries.Where(e => e.StartOffset < endOffset)] : entries;

    private static LeaderEpoch[] CutFromStart(LeaderEpoch[] entries, long startOffset)
    {
        var current = Array.FindLastIndex(entries, e => e.StartOffset <= startOffset);
        return current < 0 || (current == 0 && entries[0].StartOffset == startOffset)
            ? entries
            : [new LeaderEpoch(entries[current].Epoch, startOffset), .. entries[(current + 1)..]];
    }
}
