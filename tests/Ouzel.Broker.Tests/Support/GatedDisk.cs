using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Support;

/// <summary>A memory disk whose writes below one directory hang while a gate is closed.</summary>
internal sealed class GatedDisk(TimeProvider clock, string gated) : Disk, IDisposable
{
    private readonly MemoryDisk _disk = new(clock);
    private readonly ManualResetEventSlim _gate = new(true);
    private readonly SemaphoreSlim _hanging = new(0);

    /// <summary>Thrown by reads and writes below the directory from now on.</summary>
    public Exception? Fault { get; set; }

    public void Shut() => _gate.Reset();

    public void Open() => _gate.Set();

    /// <summary>Completes when a write hangs.</summary>
    public Task HangsAsync() => _hanging.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public override DiskFile OpenFile(string path, DiskOpen mode)
        => path.StartsWith(gated, StringComparison.Ordinal) ? new GatedFile(this, _disk.OpenFile(path, mode)) : _disk.OpenFile(path, mode);

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

    public void Dispose()
    {
        _gate.Dispose();
        _hanging.Dispose();
    }

    private void Pass()
    {
        ThrowIfFaulty();
        if (!_gate.IsSet)
        {
            _hanging.Release();
            _gate.Wait(TestContext.Current.CancellationToken);
        }
    }

    private void ThrowIfFaulty()
    {
        if (Fault is { } fault)
        {
            throw fault;
        }
    }

    private sealed class GatedFile(GatedDisk disk, DiskFile file) : DiskFile
    {
        public override string Path => file.Path;

        public override long Length => file.Length;

        public override int Read(long position, Span<byte> buffer)
        {
            disk.ThrowIfFaulty();
            return file.Read(position, buffer);
        }

        public override void Write(long position, ReadOnlySpan<byte> bytes)
        {
            disk.Pass();
            file.Write(position, bytes);
        }

        public override void SetLength(long length) => file.SetLength(length);

        public override void Sync() => file.Sync();

        protected override void Close() => file.Release();
    }
}
