using Microsoft.Win32.SafeHandles;
using Ouzel.Storage.Disks;

namespace Ouzel.Stress.Tests.Surroundings;

/// <summary>
/// The machine's disk in one life of a broker: slow, full, failing or out of descriptors for a while when told to, and frozen at once to leave what kill -9 would
/// have left. Safe from any thread, as every disk.
/// </summary>
internal sealed class UnevenDisk : Disk
{
    private const int TooManyOpenFiles = 24;

    private readonly RealDisk _disk = new();
    private readonly ReaderWriterLockSlim _gate = new(); // written to by Freeze alone: no change is half done when it returns
    private int _failuresLeft;
    private int _delayMs;
    private bool _isFull;
    private bool _isOutOfDescriptors;
    private bool _isFrozen;
    private int _tornLeft;

    /// <summary>Files below it are those that fail or find no space.</summary>
    public string FailingFolder { get; set; } = "";

    /// <summary>Each write and sync takes up to this much longer; 0 for the disk as it is.</summary>
    public int DelayMs
    {
        get => Volatile.Read(ref _delayMs);
        set => Volatile.Write(ref _delayMs, value);
    }

    /// <summary>Writes below <see cref="FailingFolder"/> fail with ENOSPC.</summary>
    public bool IsFull
    {
        get => Volatile.Read(ref _isFull);
        set => Volatile.Write(ref _isFull, value);
    }

    /// <summary>Every second file that is opened fails with EMFILE.</summary>
    public bool IsOutOfDescriptors
    {
        get => Volatile.Read(ref _isOutOfDescriptors);
        set => Volatile.Write(ref _isOutOfDescriptors, value);
    }

    /// <summary>The next write or sync below <see cref="FailingFolder"/> fails with EIO.</summary>
    public void FailOnce() => Volatile.Write(ref _failuresLeft, 1);

    /// <summary>From now on nothing is changed any more, but for a piece of one write: what the operating system has is what a killed process leaves.</summary>
    public void Freeze()
    {
        _gate.EnterWriteLock();
        _isFrozen = true;
        _tornLeft = 1;
        _gate.ExitWriteLock();
    }

    public override DiskFile OpenFile(string path, DiskOpen mode)
    {
        if (IsOutOfDescriptors && Random.Shared.Next(2) == 0)
        {
            throw new DiskException("open", path, TooManyOpenFiles, "too many open files (injected)");
        }

        if (mode is DiskOpen.Read or DiskOpen.Existing)
        {
            return new UnevenFile(this, _disk.OpenFile(path, mode));
        }

        DiskFile? opened = null;
        Change("open", path, () => opened = _disk.OpenFile(path, mode));
        return new UnevenFile(this, opened!);
    }

    public override bool Exists(string path) => _disk.Exists(path);

    public override IReadOnlyList<DiskEntry> ListFiles(string directory) => _disk.ListFiles(directory);

    public override IReadOnlyList<string> ListDirectories(string directory) => _disk.ListDirectories(directory);

    public override void CreateDirectory(string path) => Change("create", path, () => _disk.CreateDirectory(path));

    public override void Move(string from, string to) => Change("rename", from, () => _disk.Move(from, to));

    public override void Delete(string path) => Change("delete", path, () => _disk.Delete(path));

    public override void DeleteDirectory(string path) => Change("delete", path, () => _disk.DeleteDirectory(path));

    public override void SyncDirectory(string path) => Change("sync", path, () => _disk.SyncDirectory(path));

    public override IDisposable? TryLockFile(string path) => _disk.TryLockFile(path);

    public override DiskSpace Space(string path) => _disk.Space(path);

    private void Change(string operation, string path, Action change)
    {
        _gate.EnterReadLock();
        try
        {
            ThrowIfFrozen(operation, path);
            change();
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    private void ThrowIfFrozen(string operation, string path)
    {
        if (_isFrozen)
        {
            throw new DiskException(operation, path, DiskException.InputOutputError, "the process is gone (injected)");
        }
    }

    /// <summary>Before each write and sync: the wait, then the failure.</summary>
    private void Wait(string operation, string path)
    {
        if (DelayMs is > 0 and int most)
        {
            Thread.Sleep(Random.Shared.Next(most));
        }

        if (!path.StartsWith(FailingFolder, StringComparison.Ordinal))
        {
            return;
        }

        if (IsFull && operation == "write")
        {
            throw new DiskException(operation, path, DiskException.OutOfSpace, "no space left on device (injected)");
        }

        if (Volatile.Read(ref _failuresLeft) > 0 && Interlocked.Decrement(ref _failuresLeft) >= 0)
        {
            throw new DiskException(operation, path, DiskException.InputOutputError, "input/output error (injected)");
        }
    }

    private sealed class UnevenFile(UnevenDisk disk, DiskFile file) : DiskFile
    {
        public override string Path => file.Path;

        public override long Length => file.Length;

        public override SafeFileHandle? Handle => file.Handle;

        public override int Read(long position, Span<byte> buffer) => file.Read(position, buffer);

        public override void Write(long position, ReadOnlySpan<byte> bytes)
        {
            disk.Wait("write", Path);
            disk._gate.EnterReadLock();
            try
            {
                if (disk._isFrozen && Interlocked.Exchange(ref disk._tornLeft, 0) == 1)
                {
                    file.Write(position, bytes[..Random.Shared.Next(bytes.Length)]);
                }

                disk.ThrowIfFrozen("write", Path);
                file.Write(position, bytes);
            }
            finally
            {
                disk._gate.ExitReadLock();
            }
        }

        public override void SetLength(long length) => disk.Change("truncate", Path, () => file.SetLength(length));

        public override void Sync()
        {
            disk.Wait("sync", Path);
            disk.ThrowIfFrozen("sync", Path);
            file.Sync();
        }

        public override void Reserve(long position, long bytes) => disk.Change("reserve", Path, () => file.Reserve(position, bytes));

        public override void StartWriteback(long position, long bytes) => file.StartWriteback(position, bytes);

        protected override void Close() => file.Release();
    }
}
