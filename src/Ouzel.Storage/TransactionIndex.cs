using System.Buffers.Binary;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>A transaction that ended with an abort: consumers that read committed skip its records.</summary>
public readonly record struct AbortedTransaction(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset);

/// <summary>`.txnindex`: the transactions whose abort marker lies in the segment, in the order of the markers. The file exists only when there is one.</summary>
internal sealed class TransactionIndex(Disk disk, string path, long fileBytes)
{
    public const int EntryBytes = 34;

    private readonly Lock _lock = new();
    private readonly long _bytesAtOpen = fileBytes;
    private List<AbortedTransaction>? _entries;
    private readonly FileOnDemand _file = new(disk, path, DiskOpen.OrCreate);
    private DiskFile? _held;

    public string Path => _file.Path;

    public bool IsOpen => _file.IsOpen;

    /// <summary>True when the file's length cannot be right; recovery then builds it again.</summary>
    public bool HasBadLength => _bytesAtOpen % EntryBytes != 0;

    /// <summary>True when the entries can be right: a known version, transactions that end where they began or later, markers in growing order.</summary>
    public bool IsSound()
    {
        lock (_lock)
        {
            if (HasBadLength)
            {
                return false;
            }

            Span<byte> bytes = stackalloc byte[EntryBytes];
            var last = -1L;
            for (var i = 0; i < Count; i++)
            {
                if (_file.ReadFully((long)i * EntryBytes, bytes) < EntryBytes)
                {
                    return false;
                }

                var (first, end) = (BinaryPrimitives.ReadInt64BigEndian(bytes[10..]), BinaryPrimitives.ReadInt64BigEndian(bytes[18..]));
                if (BinaryPrimitives.ReadInt16BigEndian(bytes) != 0 || BinaryPrimitives.ReadInt64BigEndian(bytes[2..]) < 0 || first < 0 || end < first || end <= last
                    || BinaryPrimitives.ReadInt64BigEndian(bytes[26..]) < 0)
                {
                    return false;
                }

                last = end;
            }

            return true;
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries?.Count ?? (int)(_bytesAtOpen / EntryBytes);
            }
        }
    }

    /// <summary>Opens the file for the next append, so that this does not fail after the marker was written.</summary>
    public void Prepare()
    {
        lock (_lock)
        {
            Load();
            _held ??= _file.Retain();
        }
    }

    /// <summary>Closes the file until its next use, unless its bytes are not synced yet.</summary>
    public void LetGo() => _file.TryLetGo(syncFirst: false);

    public void Append(AbortedTransaction aborted)
    {
        lock (_lock)
        {
            var entries = Load();
            Span<byte> bytes = stackalloc byte[EntryBytes];
            BinaryPrimitives.WriteInt16BigEndian(bytes, 0);
            BinaryPrimitives.WriteInt64BigEndian(bytes[2..], aborted.ProducerId);
            BinaryPrimitives.WriteInt64BigEndian(bytes[10..], aborted.FirstOffset);
            BinaryPrimitives.WriteInt64BigEndian(bytes[18..], aborted.LastOffset);
            BinaryPrimitives.WriteInt64BigEndian(bytes[26..], aborted.LastStableOffset);
            _file.Write((long)entries.Count * EntryBytes, bytes);
            DropHold();
            entries.Add(aborted);
        }
    }

    /// <summary>
    /// Adds the aborted transactions that touch offsets from <paramref name="from"/> below <paramref name="below"/>, making the list for the first one.
    /// True when no later segment can hold another.
    /// </summary>
    public bool Collect(long from, long below, ref List<AbortedTransaction>? into)
    {
        lock (_lock)
        {
            if (Count == 0)
            {
                return false;
            }

            foreach (var entry in Load())
            {
                if (entry.LastOffset >= from && entry.FirstOffset < below)
                {
                    (into ??= []).Add(entry);
                }

                if (entry.LastStableOffset >= below)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Forgets transactions whose marker is at or above the offset.</summary>
    public void TruncateTo(long offset)
    {
        lock (_lock)
        {
            if (Count == 0 && !HasBadLength)
            {
                return;
            }

            var entries = Load();
            var keep = entries.FindIndex(e => e.LastOffset >= offset);
            if (keep >= 0)
            {
                entries.RemoveRange(keep, entries.Count - keep);
            }

            _file.SetLength((long)entries.Count * EntryBytes);
        }
    }

    public void Sync()
    {
        lock (_lock)
        {
            _file.SyncIfChanged();
        }
    }

    public void Rename(string path)
    {
        lock (_lock)
        {
            _file.Rename(path);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            DropHold();
            _file.Close();
        }
    }

    public List<AbortedTransaction> Entries()
    {
        lock (_lock)
        {
            return Count == 0 ? [] : [.. Load()];
        }
    }

    private List<AbortedTransaction> Load()
    {
        if (_entries != null)
        {
            return _entries;
        }

        var entries = new List<AbortedTransaction>();
        var count = (int)(_bytesAtOpen / EntryBytes);
        Span<byte> bytes = stackalloc byte[EntryBytes];
        for (var i = 0; i < count && _file.ReadFully((long)i * EntryBytes, bytes) == EntryBytes; i++)
        {
            entries.Add(new AbortedTransaction(
                BinaryPrimitives.ReadInt64BigEndian(bytes[2..]), BinaryPrimitives.ReadInt64BigEndian(bytes[10..]),
                BinaryPrimitives.ReadInt64BigEndian(bytes[18..]), BinaryPrimitives.ReadInt64BigEndian(bytes[26..])));
        }

        return _entries = entries;
    }

    private void DropHold()
    {
        _held?.Release();
        _held = null;
    }
}
