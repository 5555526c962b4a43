using Ouzel.Storage.Disks;

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
    private byte[] _block = [];
    private int _blockFirst;
    private int _blockCount;

    public string Path => _file.Path;

    public bool IsOpen => _file.IsOpen;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
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
            {
                _file.SetLength((long)_count * entryBytes);
            }

            _preallocatedBytes = 0;
        }
    }

    /// <summary>Lookups go on while the disk works.</summary>
    public void Sync()
    {
        lock (_lock)
        {
            WriteTail();
        }

        _file.SyncIfChanged();
    }

    /// <summary>Forgets all entries from the given one on; entries kept are not touched.</summary>
    public virtual void TruncateToCount(int count)
    {
        lock (_lock)
        {
            if (count >= _count)
            {
                return;
            }

            if (count < _blockFirst + _blockCount)
            {
                _blockCount = 0;
            }

            if (count < _writtenCount)
            {
                // Zeroed, not only forgotten: the file may stay preallocated, and its tail must read as empty.
                _file.SetLength((long)count * entryBytes);
                if (_preallocatedBytes != 0)
                {
                    _file.SetLength(_preallocatedBytes);
                }

                _writtenCount = count;
            }

            _count = count;
        }
    }

    public void Rename(string path)
    {
        lock (_lock)
        {
            _file.Rename(path);
        }
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
        if (_blockCount > 0)
        {
            if (number(_block, 0) > target)
            {
                high = _blockFirst - 1;
            }
            else if (IsInBlock(target, number))
            {
                return LastOfBlock(target, number);
            }
            else
            {
                // Readers go forward: what they want next is mostly in the next block.
                low = _blockFirst + _blockCount;
                found = low - 1;
                if (low < _writtenCount)
                {
                    LoadBlock(low);
                    if (number(_block, 0) > target)
                    {
                        return found;
                    }

                    if (IsInBlock(target, number))
                    {
                        return LastOfBlock(target, number);
                    }

                    low = _blockFirst + _blockCount;
                    found = low - 1;
                }
            }
        }

        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (high - low > BlockEntries || middle >= _writtenCount)
            {
                ReadEntry(middle, scratch);
                if (number(scratch, 0) <= target)
                {
                    (found, low) = (middle, middle + 1);
                }
                else
                {
                    high = middle - 1;
                }

                continue;
            }

            LoadBlock(low);
            if (number(_block, 0) > target)
            {
                return found;
            }

            found = LastOfBlock(target, number);
            if (found < _blockFirst + _blockCount - 1)
            {
                return found;
            }

            low = found + 1;
        }

        return found;
    }

    /// <summary>True when the entry that is looked for can only be in the block: another one in it is greater.</summary>
    private bool IsInBlock(long target, Func<byte[], int, long> number) => number(_block, (_blockCount - 1) * entryBytes) > target;

    /// <summary>The last entry of the block that is not greater; the first is known not to be.</summary>
    private int LastOfBlock(long target, Func<byte[], int, long> number)
    {
        int low = 0, high = _blockCount - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (number(_block, middle * entryBytes) <= target)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return _blockFirst + low;
    }

    /// <summary>Reads entries of the file into memory, where the next lookups will mostly find theirs. Written entries do not change.</summary>
    private void LoadBlock(int first)
    {
        var count = Math.Min(BlockEntries, _writtenCount - first);
        if (_block.Length == 0)
        {
            _block = new byte[BlockEntries * entryBytes];
        }

        _blockCount = 0;
        var read = _file.ReadFully((long)first * entryBytes, _block.AsSpan(0, count * entryBytes));
        if (read < count * entryBytes)
        {
            _block.AsSpan(read, (count * entryBytes) - read).Clear(); // a file cut by somebody else reads as empty entries
        }

        (_blockFirst, _blockCount) = (first, count);
    }

    /// <summary>Reads the entries one after the other, a block at a time.</summary>
    protected void ReadForward(int index, Span<byte> target)
    {
        if (index < _writtenCount && (index < _blockFirst || index >= _blockFirst + _blockCount))
        {
            LoadBlock(index);
        }

        ReadEntry(index, target);
    }

    protected static byte[] Scratch => _scratch ??= new byte[12];

    protected void ReadEntry(int index, Span<byte> target)
    {
        if (index >= _writtenCount)
        {
            _tail.AsSpan((index - _writtenCount) * entryBytes, entryBytes).CopyTo(target);
        }
        else if (index >= _blockFirst && index < _blockFirst + _blockCount)
        {
            _block.AsSpan((index - _blockFirst) * entryBytes, entryBytes).CopyTo(target);
        }
        else
        {
            _file.ReadFully((long)index * entryBytes, target[..entryBytes]);
        }
    }

    /// <summary>Room for one more entry at the end, to be filled at once.</summary>
    protected Span<byte> NextEntry()
    {
        if (_count - _writtenCount >= TailEntriesMax)
        {
            TryWriteTail();
        }

        var at = (_count - _writtenCount) * entryBytes;
        if (_tail.Length < at + entryBytes)
        {
            Array.Resize(ref _tail, Math.Max(8, _tail.Length / entryBytes * 2) * entryBytes);
        }

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
        {
            return;
        }

        _file.Write((long)_writtenCount * entryBytes, _tail.AsSpan(0, (_count - _writtenCount) * entryBytes));
        _writtenCount = _count;
    }

    [ThreadStatic]
    private static byte[]? _scratch;
}
