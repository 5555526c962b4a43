using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Disks;

public sealed class RealDiskTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("ouzel-storage").FullName;
    private readonly RealDisk _disk = new();

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void A_path_is_resolved_through_dots_and_links_whether_it_exists_or_not()
    {
        var real = _disk.Resolve(_path);
        _disk.CreateDirectory($"{_path}/a/b");
        Directory.CreateSymbolicLink($"{_path}/link", "a/b");
        Directory.CreateSymbolicLink($"{_path}/far", $"{_path}/link/new");
        Directory.CreateSymbolicLink($"{_path}/circle", "circle");
        Assert.Equal($"{real}/a", _disk.Resolve($"{_path}/./a/"));
        Assert.Equal($"{real}/a/b", _disk.Resolve($"{_path}/link"));
        Assert.Equal($"{real}/a", _disk.Resolve($"{_path}/link/.."));
        Assert.Equal($"{real}/a/b/new", _disk.Resolve($"{_path}/far"));
        Assert.Equal($"{real}/missing", _disk.Resolve($"{_path}/missing/x/.."));
        Assert.Equal($"{real}/circle", _disk.Resolve($"{_path}/circle"));
        Assert.Equal("/", _disk.Resolve("/../.."));
        Assert.Equal(_disk.Resolve(Directory.GetCurrentDirectory()) + "/x", _disk.Resolve("x"));
    }

    [Fact]
    public void Files_keep_what_is_written_and_synced()
    {
        var file = _disk.OpenFile(_path + "/f", DiskOpen.OrCreate);
        file.Reserve(0, 1 << 20);
        file.Write(3, [1, 2, 3]);
        file.Sync();
        _disk.SyncDirectory(_path);
        Assert.Equal(6, file.Length);
        file.Release();
        Assert.Equal([0, 0, 0, 1, 2, 3], _disk.ReadAllBytes(_path + "/f"));
        _disk.Move(_path + "/f", _path + "/g");
        Assert.Equal(["g"], _disk.ListFiles(_path).Select(f => f.Name));
        _disk.Delete(_path + "/g");
        _disk.Delete(_path + "/g");
        Assert.False(_disk.Exists(_path + "/g"));
    }

    [Theory]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData(5 << 20, 5 << 20)]
    [InlineData(40 << 20, 16 << 20)]
    public void Space_is_reserved_for_as_much_as_a_log_holds_and_given_back_when_its_size_is_set(int size, int reserved)
    {
        var disk = new ReserveDisk();
        var segment = Segment.Create(disk, "/", 0, LogOptions.Default, 0, 0);
        Append(segment, Batches.Of("x"));
        Assert.Empty(disk.Reserved);
        segment.SetSize(size);
        disk.Cuts.Clear();
        Append(segment, Batches.Of("y"));
        Append(segment, Batches.Of("z"));
        Assert.Equal([(size, reserved)], disk.Reserved);
        segment.SetSize(segment.Size);
        Assert.Equal([segment.Size], disk.Cuts);
        segment.Close();
    }

    [Fact]
    public void A_missing_file_is_a_disk_exception_with_its_number()
    {
        Assert.Equal(DiskException.NotFound, Assert.Throws<DiskException>(() => _disk.OpenFile(_path + "/none", DiskOpen.Existing)).Errno);
        Assert.Equal(DiskException.NotFound, Assert.Throws<DiskException>(() => _disk.Move(_path + "/none", _path + "/x")).Errno);
        Assert.Equal(DiskException.NotFound, Assert.Throws<DiskException>(() => _disk.SyncDirectory(_path + "/none")).Errno);
        Assert.Empty(_disk.ListFiles(_path + "/none"));
    }

    [Fact]
    public void A_lock_excludes_a_second_holder_until_it_is_let_go()
    {
        using (Assert.IsAssignableFrom<IDisposable>(_disk.TryLockFile(_path + "/.lock")))
        {
            Assert.Null(_disk.TryLockFile(_path + "/.lock"));
        }

        _disk.TryLockFile(_path + "/.lock")!.Dispose();
    }

    [Fact]
    public async Task A_directory_on_a_real_disk_is_durable_and_opens_again()
    {
        using var work = new BlockingThread("flush");
        var options = new StorageOptions { Directories = [_path], ClusterId = "c", NodeId = 1 };
        var directory = LogDirectory.Open(_disk, _path, options, new Random(5), work, NullLogger.Instance, Batches.Start);
        var log = directory.Create(new TopicPartition("t", 0), Uuid.Zero, LogOptions.Default with { SegmentBytes = 2000 }, Batches.Start);
        for (var i = 0; i < 100; i++)
        {
            log.AppendAsLeader(Batches.Of($"v{i}"), 0, LogAppendOrigin.Client, Batches.Start);
            log.HighWatermark = log.LogEndOffset;
            Assert.True(await directory.WaitDurable(log, log.LogEndOffset));
        }

        Assert.Equal(100, log.RecoveryPoint);
        directory.Close();
        directory = LogDirectory.Open(_disk, _path, options, new Random(5), work, NullLogger.Instance, Batches.Start);
        Assert.True(directory.TryGet(new TopicPartition("t", 0), out log));
        Assert.Equal(100, log.LogEndOffset);
        using var slice = log.Read(0, 5000, FetchIsolation.LogEnd, true).Records!;
        Assert.NotNull(slice.File.Handle);
        Assert.Equal("v0", Batches.Decode(slice.ToArray())[0].Values[0]);
        directory.Close();
    }

    private sealed class ReserveDisk : MemoryDisk
    {
        public List<(long Position, long Bytes)> Reserved { get; } = [];
        public List<long> Cuts { get; } = [];

        public override DiskFile OpenFile(string path, DiskOpen mode) => path.EndsWith(LogFiles.Log, StringComparison.Ordinal)
            ? new ReserveFile(this, base.OpenFile(path, mode)) : base.OpenFile(path, mode);
    }

    private sealed class ReserveFile(ReserveDisk disk, DiskFile file) : DiskFile
    {
        public override string Path => file.Path;
        public override long Length => file.Length;
        public override int Read(long position, Span<byte> buffer) => file.Read(position, buffer);
        public override void Write(long position, ReadOnlySpan<byte> bytes) => file.Write(position, bytes);
        public override void Sync() => file.Sync();
        public override void Reserve(long position, long bytes) => disk.Reserved.Add((position, bytes));

        public override void SetLength(long length)
        {
            disk.Cuts.Add(length);
            file.SetLength(length);
        }

        protected override void Close() => file.Release();
    }

    private static void Append(Segment segment, byte[] batch)
    {
        segment.PrepareAppend(batch.Length, LogOptions.Default);
        segment.Append(batch, LogOptions.Default);
    }
}
