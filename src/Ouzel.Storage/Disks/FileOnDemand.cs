namespace Ouzel.Storage.Disks;

/// <summary>
/// A file that is opened when it is used and may be let go between two uses. Whoever uses it holds a reference meanwhile, so what is being read, written or
/// sent stays open.
/// </summary>
/// <remarks>
/// Bytes written but not synced keep their descriptor, or are synced before it goes: the kernel tells a failed write-back to those who have the file open,
/// and may forget it once nobody has. Such a failure is kept and told to the next user.
/// </remarks>
internal sealed class FileOnDemand(Disk disk, string path, DiskOpen mode)
{
    private readonly Lock _lock = new();
    private LinkedListNode<FileOnDemand>? _entry;
    private DiskFile? _file;
    private DiskException? _failure;
    private volatile bool _isUsed;
    private volatile bool _isWritten;
    private volatile bool _isChanged;
    private bool _isClosed;

    public string Path { get; private set; } = path;

    public bool IsOpen => Volatile.Read(ref _file) != null;

    public long Length
    {
        get
        {
            using var held = Hold();
            return held.File.Length;
        }
    }

    /// <summary>The open file until the holder is disposed.</summary>
    public HeldFile Hold() => new(Retain());

    /// <summary>The open file, with a reference for the caller to release.</summary>
    /// <exception cref="ObjectDisposedException">It was closed for good.</exception>
    public DiskFile Retain()
    {
        var file = Volatile.Read(ref _file);
        if (file == null || !file.TryRetain())
        {
            return Open();
        }

        if (!_isUsed)
        {
            _isUsed = true;
        }

        return file;
    }

    public int ReadFully(long position, Span<byte> buffer)
    {
        using var held = Hold();
        return held.File.ReadFully(position, buffer);
    }

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        using var held = Hold();
        try
        {
            held.File.Write(position, bytes);
        }
        finally
        {
            (_isWritten, _isChanged) = (true, true); // afterwards, so that a sync under way cannot clear what it did not cover
        }
    }

    public void SetLength(long length)
    {
        using var held = Hold();
        held.File.SetLength(length);
        _isChanged = true;
    }

    public void Sync()
    {
        using var held = Hold();
        (_isWritten, _isChanged) = (false, false);
        held.File.Sync();
    }

    /// <summary><see cref="DiskFile.StartWriteback"/>, if the file is open.</summary>
    public void StartWriteback(long position, long bytes)
    {
        if (Volatile.Read(ref _file) is not { } file || !file.TryRetain())
        {
            return;
        }

        try
        {
            file.StartWriteback(position, bytes);
        }
        finally
        {
            file.Release();
        }
    }

    /// <summary>Syncs unless nothing was done to the file since the last sync.</summary>
    public void SyncIfChanged()
    {
        if (_isChanged || _failure != null)
        {
            Sync();
        }
    }

    /// <summary>True when the file was used since the last call.</summary>
    public bool TakeUsed()
    {
        var isUsed = _isUsed;
        _isUsed = false;
        return isUsed;
    }

    /// <summary>Closes the file until its next use. False when it is not open, in use, or its bytes would have to be synced first and may not.</summary>
    public bool TryLetGo(bool syncFirst)
    {
        if (!_lock.TryEnter()) // never waits: the caller may hold the lock of another file
        {
            return false;
        }

        try
        {
            if (_file is not { } file || (_isWritten && !syncFirst) || !file.TryTakeLast())
            {
                return false;
            }

            Forget();
            try
            {
                if (_isWritten)
                {
                    file.Sync();
                }

                _isWritten = false;
            }
            catch (DiskException e)
            {
                _failure = e;
            }
            finally
            {
                file.CloseTaken();
            }

            return true;
        }
        finally
        {
            _lock.Exit();
        }
    }

    public void Rename(string path)
    {
        lock (_lock)
        {
            Path = path;
        }
    }

    /// <summary>Lets go of the file for good, as it is.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            if (_file is not { } file)
            {
                return;
            }

            Forget();
            file.Release();
        }
    }

    private DiskFile Open()
    {
        disk.OpenFiles.MakeRoom();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_failure is { } failure)
            {
                throw new DiskException(failure.Operation, failure.FilePath, failure.Errno, failure.Message, failure);
            }

            var file = _file;
            if (file == null)
            {
                file = disk.Open(Path, mode);
                Volatile.Write(ref _file, file);
                disk.OpenFiles.Add(_entry ??= new LinkedListNode<FileOnDemand>(this));
            }

            if (!file.TryRetain())
            {
                throw new InvalidOperationException($"{Path} was released by one who did not hold it");
            }

            _isUsed = true;
            return file;
        }
    }

    private void Forget()
    {
        Volatile.Write(ref _file, null);
        disk.OpenFiles.Remove(_entry!);
    }
}

/// <summary>A file in use; disposing ends the use.</summary>
internal readonly ref struct HeldFile(DiskFile file)
{
    public DiskFile File => file;

    public void Dispose() => file.Release();
}
