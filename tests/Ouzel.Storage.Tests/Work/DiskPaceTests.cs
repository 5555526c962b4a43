using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Work;

public sealed class DiskPaceTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly LateWork _work = new();
    private readonly List<TimeSpan> _told = [];

    [Fact]
    public void A_slow_write_makes_the_disk_slow_until_it_was_calm_for_a_second()
    {
        var pace = Pace();
        Write(pace, 50);
        Assert.False(pace.IsSlow);
        Write(pace, 51);
        Assert.True(pace.IsSlow);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.True(pace.IsSlow);
        Write(pace, 200);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.True(pace.IsSlow);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(pace.IsSlow);
        Assert.Single(_told);
    }

    [Fact]
    public void A_write_that_hangs_makes_the_disk_slow_before_it_ends()
    {
        var pace = Pace();
        var began = pace.BeginWrite();
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        Assert.False(pace.IsSlow);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(pace.IsSlow);
        _clock.Advance(TimeSpan.FromMilliseconds(10_000));
        Assert.True(pace.IsSlow);
        pace.EndWrite(began);
        Assert.True(pace.IsSlow);
        _clock.Advance(TimeSpan.FromMilliseconds(1000));
        Assert.False(pace.IsSlow);
        Assert.Single(_told);
    }

    [Fact]
    public void A_write_that_hangs_is_noticed_though_others_began_before_it_and_end()
    {
        var pace = Pace();
        DiskWrite first = pace.BeginWrite(), hangs = pace.BeginWrite();
        pace.EndWrite(first);
        _clock.Advance(TimeSpan.FromMilliseconds(51));
        Assert.True(pace.IsSlow);
        pace.EndWrite(hangs);
        _clock.Advance(TimeSpan.FromMilliseconds(1000));
        Assert.False(pace.IsSlow);
    }

    [Fact]
    public void More_writes_than_are_watched_end_like_others()
    {
        var pace = Pace();
        List<DiskWrite> writes = [.. Enumerable.Range(0, 100).Select(_ => pace.BeginWrite())];
        _clock.Advance(TimeSpan.FromMilliseconds(51));
        Assert.True(pace.IsSlow);
        writes.ForEach(pace.EndWrite);
        _clock.Advance(TimeSpan.FromMilliseconds(1000));
        Assert.False(pace.IsSlow);
    }

    [Fact]
    public void The_disk_stays_slow_until_everything_queued_is_done_in_its_order()
    {
        var pace = Pace();
        var seen = new List<string>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            Assert.True(pace.TryQueue(10, () =>
            {
                Assert.True(pace.IsSlow);
                seen.Add(name);
            }));
        }

        _clock.Advance(TimeSpan.FromMilliseconds(60_000));
        Assert.True(pace.IsSlow);
        _work.RunHeld();
        Assert.Equal(["a", "b", "c"], seen);
        Assert.False(pace.IsSlow);
    }

    [Fact]
    public void Only_so_many_bytes_are_queued_but_one_append_always_is()
    {
        var pace = Pace();
        Assert.True(pace.TryQueue(DiskPace.QueuedBytesMax + 1, () => { }));
        Assert.False(pace.TryQueue(1, () => Assert.Fail("was refused")));
        _work.RunHeld();
        Assert.True(pace.TryQueue(DiskPace.QueuedBytesMax - 1, () => { }));
        Assert.True(pace.TryQueue(1, () => { }));
        Assert.False(pace.TryQueue(1, () => { }));
        _work.RunHeld();
    }

    [Fact]
    public void What_its_owner_keeps_meanwhile_is_queued_beyond_the_bound_and_in_its_order()
    {
        var pace = Pace();
        var seen = new List<string>();
        Assert.True(pace.TryQueue(DiskPace.QueuedBytesMax, () => seen.Add("a")));
        Assert.False(pace.TryQueue(1, () => Assert.Fail("was refused")));
        pace.QueueInPlace(() => seen.Add("b"));
        Assert.True(pace.IsSlow);
        _work.RunHeld();
        Assert.Equal(["a", "b"], seen);
    }

    [Fact]
    public void Without_a_clock_nothing_is_slow_by_itself()
    {
        var pace = new DiskPace(_work, null, _told.Add);
        pace.EndWrite(pace.BeginWrite());
        Assert.False(pace.IsSlow);
    }

    /// <summary>The disk of one log stalls: the same directory's other logs are synced, and other directories' logs too.</summary>
    [Fact]
    public async Task A_sync_that_hangs_holds_up_its_own_log_only()
    {
        using var gate = new ManualResetEventSlim();
        using var work = new BlockingThread("test");
        var disk = new GatedDisk(gate, "/data/slow-0/");
        var directory = LogDirectory.Open(disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1 }, new Random(5), work, NullLogger.Instance, Batches.Start);
        var slow = directory.Create(new TopicPartition("slow", 0), Uuid.Zero, LogOptions.Default, Batches.Start);
        var quick = directory.Create(new TopicPartition("quick", 0), Uuid.Zero, LogOptions.Default, Batches.Start);
        Append(slow);
        var waits = directory.WaitDurable(slow, 1).AsTask();
        for (var i = 1; i <= 20; i++)
        {
            Append(quick);
            Assert.True(await directory.WaitDurable(quick, i));
        }

        Assert.False(waits.IsCompleted);
        gate.Set();
        Assert.True(await waits);
        Assert.Equal(21, directory.Syncs.Syncs);
        Assert.Equal(21, directory.Syncs.Records);
        directory.Close();
    }

    [Fact]
    public void The_time_of_syncs_is_told_within_an_eighth()
    {
        var counts = new SyncCounts();
        Assert.Equal(TimeSpan.Zero, counts.Percentile(0.5));
        for (var i = 1; i <= 100; i++)
        {
            counts.Add(2, TimeSpan.FromMilliseconds(i));
        }

        Assert.Equal((100, 200), (counts.Syncs, counts.Records));
        Assert.InRange(counts.Percentile(0.5).TotalMilliseconds, 50, 56.3);
        Assert.InRange(counts.Percentile(0.99).TotalMilliseconds, 99, 111.4);
        counts.Add(0, TimeSpan.FromDays(400));
        Assert.True(counts.Percentile(1) > TimeSpan.FromDays(1));
    }

    [Fact]
    public void Work_in_order_keeps_its_order_and_is_finished_before_the_end()
    {
        var seen = new List<int>();
        using (var work = new BlockingThread("test"))
        {
            for (var i = 0; i < 1000; i++)
            {
                var number = i;
                work.Start(() => seen.Add(number));
            }
        }

        Assert.Equal(Enumerable.Range(0, 1000), seen);
    }

    private static void Append(PartitionLog log) => Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Of("x"), 0, LogAppendOrigin.Client, Batches.Start).Error);

    private DiskPace Pace() => new(_work, _clock, _told.Add);

    private void Write(DiskPace pace, int tookMs)
    {
        var began = pace.BeginWrite();
        _clock.Advance(TimeSpan.FromMilliseconds(tookMs));
        pace.EndWrite(began);
    }

    /// <summary>Syncs below one directory wait for a gate.</summary>
    private sealed class GatedDisk(ManualResetEventSlim gate, string gated) : Disk
    {
        private readonly MemoryDisk _disk = new();

        public override DiskFile OpenFile(string path, DiskOpen mode) => new GatedFile(_disk.OpenFile(path, mode), path.StartsWith(gated, StringComparison.Ordinal) ? gate : null);
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
    }

    private sealed class GatedFile(DiskFile file, ManualResetEventSlim? gate) : DiskFile
    {
        public override string Path => file.Path;
        public override long Length => file.Length;
        public override int Read(long position, Span<byte> buffer) => file.Read(position, buffer);
        public override void Write(long position, ReadOnlySpan<byte> bytes) => file.Write(position, bytes);
        public override void SetLength(long length) => file.SetLength(length);

        public override void Sync()
        {
            gate?.Wait();
            file.Sync();
        }

        protected override void Close() => file.Release();
    }
}
