using System.Buffers.Binary;

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
    private DiskFile? _file;
    private bool _isDirty;

    public string Path { get; private set; } = path;

    /// <summary>True when the file's length cannot be right; recovery then builds it again.</summary>
    public bool HasBadLength => _bytesAtOpen % EntryBytes != 0;

    public int Count
    {
        get
        {
            lock (_lock)
                return _entries?.Count ?? (int)(_bytesAtOpen / EntryBytes);
        }
    }

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
            File().Write((long)entries.Count * EntryBytes, bytes);
            _isDirty = true;
            entries.Add(aborted);
        }
    }

    /// <summary>
    /// Adds the aborted transactions that touch offsets from <paramref name="from"/> below <paramref name="below"/>.
    /// True when no later segment can hold another.
    /// </summary>
    public bool Collect(long from, long below, List<AbortedTransaction> into)
    {
        lock (_lock)
        {
            if (Count == 0)
                return false;
            foreach (var entry in Load())
            {
                if (entry.LastOffset >= from && entry.FirstOffset < below)
                    into.Add(entry);
                if (entry.LastStableOffset >= below)
                    return true;
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
                return;
            var entries = Load();
            var keep = entries.FindIndex(e => e.LastOffset >= offset);
            if (keep >= 0)
                entries.RemoveRange(keep, entries.Count - keep);
            File().SetLength((long)entries.Count * EntryBytes);
            _isDirty = true;
        }
    }

    public void Sync()
    {
        lock (_lock)
        {
            if (_isDirty)
                _file?.Sync();
            _isDirty = false;
        }
    }

    public void Rename(string path)
    {
        lock (_lock)
            Path = path;
    }

    public void Close()
    {
        lock (_lock)
        {
            _file?.Release();
            _file = null;
        }
    }

    public List<AbortedTransaction> Entries()
    {
        lock (_lock)
            return Count == 0 ? [] : [.. Load()];
    }

    private List<AbortedTransaction> Load()
    {
        if (_entries != null)
            return _entries;
        var entries = new List<AbortedTransaction>();
        var count = (int)(_bytesAtOpen / EntryBytes);
        Span<byte> bytes = stackalloc byte[EntryBytes];
        for (var i = 0; i < count && File().ReadFully((long)i * EntryBytes, bytes) == EntryBytes; i++)
        {
            entries.Add(new AbortedTransaction(
                BinaryPrimitives.ReadInt64BigEndian(bytes[2..]), BinaryPrimitives.ReadInt64BigEndian(bytes[10..]),
                BinaryPrimitives.ReadInt64BigEndian(bytes[18..]), BinaryPrimitives.ReadInt64BigEndian(bytes[26..])));
        }
        return _entries = entries;
    }

    private DiskFile File() => _file ??= disk.OpenFile(Path, DiskOpen.OrCreate);
}
