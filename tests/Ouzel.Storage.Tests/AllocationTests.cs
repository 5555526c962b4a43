using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests;

[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("ouzel-allocation").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void A_steady_append_allocates_nothing()
    {
        var bed = RealBed();
        var batch = Batches.Of(new string('x', 1000));
        Assert.Equal(0, AllocatedPer(1000, () =>
        {
            RecordBatch.SetBaseOffset(batch, 0);
            if (bed.Log.AppendAsLeader(batch, 0, LogAppendOrigin.Client, bed.NowMs).Error != ErrorCode.None)
            {
                throw new InvalidOperationException("refused");
            }

            bed.Log.HighWatermark = bed.Log.LogEndOffset;
        }));
    }

    [Fact]
    public void A_steady_read_allocates_one_slice()
    {
        var bed = RealBed();
        for (var i = 0; i < 500; i++)
        {
            bed.AppendOk(Batches.Of(new string('x', 1000)));
        }

        var offset = 0;
        var allocated = AllocatedPer(1000, () =>
        {
            using var slice = bed.Log.Read(offset++ % 500, 4096, FetchIsolation.HighWatermark, true).Records;
            Assert.NotNull(slice);
        });
        Assert.InRange(allocated, 0, 48);
    }

    [Fact]
    public void A_steady_wait_for_the_disk_allocates_nothing()
    {
        var disk = new RootedDisk(_path);
        var directory = LogDirectory.Open(disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1, Clock = TimeProvider.System },
            new Random(1), new InlineWork(), NullLogger.Instance, Batches.Start);
        var log = directory.Create(new TopicPartition("t", 0), Uuid.Zero, LogOptions.Default, Batches.Start);
        var batch = Batches.Of(new string('x', 1000));
        Assert.Equal(0, AllocatedPer(200, () =>
        {
            RecordBatch.SetBaseOffset(batch, 0);
            var result = log.AppendAsLeader(batch, 0, LogAppendOrigin.Client, Batches.Start);
            var wait = directory.WaitDurable(log, result.LastOffset + 1, isBrief: true);
            if (result.Error != ErrorCode.None || !wait.IsCompletedSuccessfully || !wait.Result)
            {
                throw new InvalidOperationException("refused");
            }
        }));
        directory.Close();
    }

    private LogBed RealBed() => new(disk: new RootedDisk(_path));

    private static double AllocatedPer(int times, Action action)
    {
        for (var i = 0; i < times * 3; i++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            action();
        }

        return Math.Floor((GC.GetAllocatedBytesForCurrentThread() - before) / (double)times);
    }

    /// <summary>The real disk below a folder.</summary>
    private sealed class RootedDisk(string root) : Disk
    {
        private readonly RealDisk _disk = new();

        public override DiskFile OpenFile(string path, DiskOpen mode) => _disk.OpenFile(root + path, mode);
        public override bool Exists(string path) => _disk.Exists(root + path);
        public override IReadOnlyList<DiskEntry> ListFiles(string directory) => _disk.ListFiles(root + directory);
        public override IReadOnlyList<string> ListDirectories(string directory) => _disk.ListDirectories(root + directory);
        public override void CreateDirectory(string path) => _disk.CreateDirectory(root + path);
        public override void Move(string from, string to) => _disk.Move(root + from, root + to);
        public override void Delete(string path) => _disk.Delete(root + path);
        public override void DeleteDirectory(string path) => _disk.DeleteDirectory(root + path);
        public override void SyncDirectory(string path) => _disk.SyncDirectory(root + path);
        public override IDisposable? TryLockFile(string path) => _disk.TryLockFile(root + path);
        public override DiskSpace Space(string path) => _disk.Space(root + path);
    }
}
