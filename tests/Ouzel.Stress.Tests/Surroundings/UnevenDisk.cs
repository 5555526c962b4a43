using Microsoft.Win32.SafeHandles;
using Ouzel.Storage;

namespace Ouzel.Stress.Tests.Surroundings;

/// <summary>The machine's disk, slow for a while or failing under one folder when told to. Safe from any thread, as every disk.</summary>
internal sealed class UnevenDisk : Disk
{
    private readonly RealDisk _disk = new();
    private int _failuresLeft;
    private int _delayMs;

    /// <summary>Files below it are those that fail.</summary>
    public string FailingFolder { get; set; } = "";

    /// <summary>Each write and sync takes up to this much longer; 0 for the disk as it is.</summary>
    public int DelayMs
    {
        get => Volatile.Read(ref _delayMs);
        set => Volatile.Write(ref _delayMs, value);
    }

    /// <summary>The next writes or syncs below <see cref="FailingFolder"/> fail with EIO.</summary>
    public void Fail(int count) => Volatile.Write(ref _failuresLeft, count);

    public override DiskFile OpenFile(string path, DiskOpen mode) => new UnevenFile(this, _disk.OpenFile(path, mode));

    public override bool Exists(string path) => _disk.Exists(path);

    public override IReadOnlyList<DiskEntry> ListFiles(string directory) => _disk.ListFiles(directory);

    public override IReadOnlyList<string> ListDirectories(string directory) => _disk.ListDirectories(directory);

    public override void CreateDirectory(string path) => _disk.CreateDirectory(path);

    public override void Move(string from, string to) => _disk.Move(from, to);

    public override void Delete(string path) => _disk.Delete(path);

    public override void DeleteDirectory(string path) => _disk.DeleteDirectory(path);

    public override void SyncDirectory(string path) => _disk.SyncDirectory(path);

    public override IDisposable? TryLockFile(string path) => _disk.TryLockFile(path);

    public override DiskSpace Space(string path) => _disk.Space(path);

    /// <summary>Before each change of a file: the wait, then the failure.</summary>
    private void Change(string operation, string path)
    {
        if (DelayMs is > 0 and int most)
        {
            Thread.Sleep(Random.Shared.Next(most));
        }

        if (Volatile.Read(ref _failuresLeft) > 0 && path.StartsWith(FailingFolder, StringComparison.Ordinal) && Interlocked.Decrement(ref _failuresLeft) >= 0)
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
            disk.Change("write", Path);
            file.Write(position, bytes);
        }

        public override void SetLength(long length) => file.SetLength(length);

        public override void Sync()
        {
            disk.Change("sync", Path);
            file.Sync();
        }

        public override void Reserve(long position, long bytes) => file.Reserve(position, bytes);

        public override void StartWriteback(long position, long bytes) => file.StartWriteback(position, bytes);

        protected override void Close() => file.Release();
    }
}
