using Ouzel.Storage.Disks;

namespace Ouzel.Testing;

/// <summary>A disk as one life of a broker sees it: once that life has ended, nothing of it reaches the disk any more, and its locks are free.</summary>
internal sealed class LifeDisk(Disk disk) : Disk
{
    private readonly Lock _gate = new();
    private readonly List<IDisposable> _locks = [];
    private volatile bool _isOver;

    /// <summary>Ends the life: from now on every use of the disk fails. What was written stays, as it does when a process is killed.</summary>
    public void End()
    {
        List<IDisposable> locks;
        lock (_gate)
        {
            _isOver = true;
            locks = [.. _locks];
            _locks.Clear();
        }

        locks.ForEach(held => held.Dispose());
    }

    public override DiskFile OpenFile(string path, DiskOpen mode)
    {
        Check(path);
        return new LifeFile(this, disk.OpenFile(path, mode));
    }

    public override string Resolve(string path)
    {
        Check(path);
        return disk.Resolve(path);
    }

    public override bool Exists(string path)
    {
        Check(path);
        return disk.Exists(path);
    }

    public override IReadOnlyList<DiskEntry> ListFiles(string directory)
    {
        Check(directory);
        return disk.ListFiles(directory);
    }

    public override IReadOnlyList<string> ListDirectories(string directory)
    {
        Check(directory);
        return disk.ListDirectories(directory);
    }

    public override void CreateDirectory(string path)
    {
        Check(path);
        disk.CreateDirectory(path);
    }

    public override void Move(string from, string to)
    {
        Check(from);
        disk.Move(from, to);
    }

    public override void Delete(string path)
    {
        Check(path);
        disk.Delete(path);
    }

    public override void DeleteDirectory(string path)
    {
        Check(path);
        disk.DeleteDirectory(path);
    }

    public override void SyncDirectory(string path)
    {
        Check(path);
        disk.SyncDirectory(path);
    }

    public override IDisposable? TryLockFile(string path)
    {
        Check(path);
        if (disk.TryLockFile(path) is not { } held)
        {
            return null;
        }

        lock (_gate)
        {
            _locks.Add(held);
        }

        return new HeldLock(this, held);
    }

    public override DiskSpace Space(string path)
    {
        Check(path);
        return disk.Space(path);
    }

    private void Check(string path)
    {
        if (_isOver)
        {
            throw new DiskException("use", path, DiskException.InputOutputError, "the broker was killed");
        }
    }

    private void Release(IDisposable held)
    {
        bool isMine;
        lock (_gate)
        {
            isMine = _locks.Remove(held);
        }

        // After the end it may be the next life's.
        if (isMine)
        {
            held.Dispose();
        }
    }

    private sealed class HeldLock(LifeDisk owner, IDisposable held) : IDisposable
    {
        public void Dispose() => owner.Release(held);
    }

    /// <summary>No handle of the system is passed on: what is sent must come by <see cref="Read"/>, which knows when the life is over.</summary>
    private sealed class LifeFile(LifeDisk owner, DiskFile inner) : DiskFile
    {
        public override string Path => inner.Path;

        public override long Length => inner.Length;

        public override int Read(long position, Span<byte> buffer)
        {
            owner.Check(Path);
            return inner.Read(position, buffer);
        }

        public override void Write(long position, ReadOnlySpan<byte> bytes)
        {
            owner.Check(Path);
            inner.Write(position, bytes);
        }

        public override void SetLength(long length)
        {
            owner.Check(Path);
            inner.SetLength(length);
        }

        public override void Sync()
        {
            owner.Check(Path);
            inner.Sync();
        }

        protected override void Close() => inner.Release();
    }
}
