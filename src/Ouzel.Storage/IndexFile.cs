namespace Ouzel.Storage;

/// <summary>
/// The file under an offset or time index: entries of one size in growing order, found by halving. While its segment takes appends the file is preallocated
/// (as Apache Kafka's is) and the newest entries wait in memory; <see cref="Trim"/> writes them and cuts the file to what it holds.
/// </summary>
/// <remarks>Entries that are still in memory when the process dies are made again by recovery, which reads every segment from the recovery point on.</remarks>
internal abstract class IndexFile(Disk disk, string path, int entryBytes, long fileBytes)
{
    private const int TailEntriesMax = 340;
    private const int BlockEntries = 128;

    private readonly Lock _lock = new();
    private readonly FileOnDemand _file = new(disk, path, DiskOpen.OrCreate);
    private byte[] _tail = [];
    private int _count = (int)(fileBytes / entryBytes);
    private int _writtenCount = (int)(fileBytes / entryBytes);
    private int _preallocatedBytes;

    public string Path => _file.Path;

    public bool IsOpen => _file.IsOpen;

    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    public int SizeBytes => Count * entryBytes;

    protected Lock Gate => _lock;

    protected int CountLocked => _count;

    /// <summary>The most entries an index of that many bytes takes.</summary>
    public int Capacity(int indexBytesMax) => indexBytesMax / entryBytes;

    /// <summary>Extends the file to its greatest size, which costs no space on the disk.</summary>
    public void Preallocate(int indexBytesMax)
    {
        lock (_lock)
        {
            _preallocatedBytes = Math.Max(indexBytesMax / entryBytes, _count) * entryBytes;
            _file.SetLength(_preallocatedBytes);
        }
    }

    /// <summary>The file, retained for the caller.</summary>
    public DiskFile Retain() => _file.Retain();

    /// <summary>Writes what is in memory and cuts the file to its entries.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            WriteTail();
            if (_preallocatedBytes != 0 || _file.Length != (long)_count * entryBytes)
                _file.SetLength((long)_count * entryBytes);
            _preallocatedBytes = 0;
        }
    }

    public void Sync()
    {
        lock (_lock)
        {
            WriteTail();
            _file.SyncIfChanged();
        }
    }

    /// <summary>Forgets all entries from the given one on; entries kept are not touched.</summary>
    public virtual void TruncateToCount(int count)
    {
        lock (_lock)
        {
            if (count >= _count)
                return;
            if (count < _writtenCount)
            {
                // Zeroed, not only forgotten: the file may stay preallocated, and its tail must read as empty.
                _file.SetLength((long)count * entryBytes);
                if (_preallocatedBytes != 0)
                    _file.SetLength(_preallocatedBytes);
                _writtenCount = count;
            }
            _count = count;
        }
    }

    public void Rename(string path)
    {
        lock (_lock)
            _file.Rename(path);
    }

    /// <summary>Lets go of the file without writing; the index cannot be used afterwards.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _file.Close();
        }
    }

    /// <summary>Closes the file until its next use, unless its bytes are not synced yet.</summary>
    public void LetGo() => _file.TryLetGo(syncFirst: false);

    /// <summary>A big-endian number inside an entry compared with a target: the last entry whose number is not greater, or -1.</summary>
    protected int LastAtMost(long target, Func<byte[], int, long> number, byte[] scratch)
    {
        int low = 0, high = _count - 1, found = -1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (high - low > BlockEntries || middle >= _writtenCount)
            {
                ReadEntry(middle, scratch);
                if (number(scratch, 0) <= target)
                    (found, low) = (middle, middle + 1);
                else
                    high = middle - 1;
                continue;
            }
            var inFile = Math.Min(high, _writtenCount - 1) - low + 1;
            _file.ReadFully((long)low * entryBytes, scratch.AsSpan(0, inFile * entryBytes));
            var firstOfBlock = low;
            for (; low < firstOfBlock + inFile; low++)
            {
                if (number(scratch, (low - firstOfBlock) * entryBytes) > target)
                    return found;
                found = low;
            }
        }
        return found;
    }

    protected static byte[] Scratch => _scratch ??= new byte[BlockEntries * 12 + 12];

    protected void ReadEntry(int index, Span<byte> target)
    {
        if (index >= _writtenCount)
            _tail.AsSpan((index - _writtenCount) * entryBytes, entryBytes).CopyTo(target);
        else
            _file.ReadFully((long)index * entryBytes, target[..entryBytes]);
    }

    /// <summary>Room for one more entry at the end, to be filled at once.</summary>
    protected Span<byte> NextEntry()
    {
        if (_count - _writtenCount >= TailEntriesMax)
            TryWriteTail();
        var at = (_count - _writtenCount) * entryBytes;
        if (_tail.Length < at + entryBytes)
            Array.Resize(ref _tail, Math.Max(8, _tail.Length / entryBytes * 2) * entryBytes);
        _count++;
        return _tail.AsSpan(at, entryBytes);
    }

    /// <summary>Without a descriptor the entries wait on in memory: an append that has written its records must not fail here.</summary>
    private void TryWriteTail()
    {
        try
        {
            WriteTail();
        }
        catch (DiskException e) when (e.IsOutOfDescriptors)
        {
            return;
        }
    }

    private void WriteTail()
    {
        if (_count == _writtenCount)
            return;
        _file.Write((long)_writtenCount * entryBytes, _tail.AsSpan(0, (_count - _writtenCount) * entryBytes));
        _writtenCount = _count;
    }

    [ThreadStatic]
    private static byte[]? _scratch;
}
