using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>The contract of <see cref="IClusterLog"/>, kept by the log on one node's disk, and what only that has.</summary>
public sealed class EmbeddedClusterLogTests : ClusterLogContract
{
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly FaultyDisk _disk;
    private LogDirectory? _directory;

    public EmbeddedClusterLogTests() => _disk = new FaultyDisk(new Random(1), _clock);

    private protected override IClusterLog Open() => _directory is null ? Open(100 << 20) : Reopen();

    private protected override IClusterLog OpenFrugal() => Open(0);

    private protected override void Break() => _disk.SyncFailures = 1;

    private EmbeddedClusterLog Open(long retentionBytes)
    {
        var storage = new StorageOptions { Directories = ["d"], ClusterId = ControllerBed.ClusterId, NodeId = 1, LogOptionsOf = _ => EmbeddedClusterLog.LogOptions };
        _directory = LogDirectory.Open(_disk, "d", storage, new Random(1), new InlineWork(), NullLogger.Instance, _clock.GetUtcNow().ToUnixTimeMilliseconds());
        return EmbeddedClusterLog.Open(_disk, _directory, ControllerBed.ClusterId, new EmbeddedLogOptions { NodeId = 1, RetentionBytes = retentionBytes }, _clock, NullLogger.Instance);
    }

    private EmbeddedClusterLog Reopen(long retentionBytes = 100 << 20)
    {
        _directory!.Close();
        return Open(retentionBytes);
    }

    [Fact]
    public async Task A_change_without_descriptors_waits_for_them_and_costs_nothing()
    {
        var clock = FakeTime.New();
        var disk = new FaultyDisk(new Random(1), clock);
        var storage = new StorageOptions { Directories = ["d"], ClusterId = ControllerBed.ClusterId, NodeId = 1, LogOptionsOf = _ => EmbeddedClusterLog.LogOptions };
        using var directory = new Closing(LogDirectory.Open(disk, "d", storage, new Random(1), new InlineWork(), NullLogger.Instance, 0));
        var log = EmbeddedClusterLog.Open(disk, directory.Directory, ControllerBed.ClusterId, new EmbeddedLogOptions { NodeId = 1 }, clock, NullLogger.Instance);
        var epoch = await ClaimAsync(log);
        var before = log.OffsetNext;
        for (disk.DescriptorsMax = 0; disk.OpenFiles.LetGo(100);)
        {
        }

        Assert.Equal(AppendOutcome.Committed, log.Append(epoch, log.OffsetAppended, Records("a")));
        Assert.Equal(AppendOutcome.Committed, log.Append(epoch, log.OffsetAppended, Records("b", "c")));
        var commit = log.CommitAsync(CancellationToken.None).AsTask();
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(commit.IsCompleted);
        Assert.Equal(before, log.OffsetNext);

        disk.DescriptorsMax = int.MaxValue;
        for (var tries = 0; tries < 100 && !commit.IsCompleted; tries++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(AppendOutcome.Committed, await commit);
        Assert.Equal(["a", "b", "c"], (await AllAsync(log)).TakeLast(3));
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, epoch, "d"));
    }

    private sealed class Closing(LogDirectory directory) : IDisposable
    {
        public LogDirectory Directory => directory;

        public void Dispose() => directory.Close();
    }

    [Fact]
    public async Task A_change_too_long_for_a_batch_is_one_transaction_and_without_its_end_it_never_was()
    {
        var log = Open(100 << 20);
        var epoch = await ClaimAsync(log);
        var start = log.OffsetNext;
        var names = Enumerable.Range(0, 25_000).Select(i => $"f{i}").ToArray();
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, epoch, names));
        Assert.Equal(start + 25_002, log.OffsetNext);
        Assert.Equal(25_000, (await FoldAsync(log)).After.Features.Count);

        // The power fails while the last batch is written: the log ends with the one before it.
        _directory!.TryGet(EmbeddedClusterLog.Name, out var raw);
        raw.TruncateTo(start + 20_000, _clock.GetUtcNow().ToUnixTimeMilliseconds());
        log = Reopen();
        var replay = new ClusterReplay(ClusterImage.Empty);
        foreach (var batch in (await log.ReadAsync(0, int.MaxValue, CancellationToken.None))!)
        {
            replay.Add(batch);
        }

        Assert.True(replay.InTransaction);
        Assert.Empty(replay.Complete().After.Features);
    }

    private static async Task<ClusterDelta> FoldAsync(EmbeddedClusterLog log)
    {
        var replay = new ClusterReplay(ClusterImage.Empty);
        foreach (var batch in (await log.ReadAsync(0, int.MaxValue, CancellationToken.None))!)
        {
            replay.Add(batch);
        }

        Assert.False(replay.InTransaction);
        return replay.Complete();
    }

    [Fact]
    public async Task A_torn_tail_is_cut_and_the_log_goes_on()
    {
        var log = Open(100 << 20);
        var epoch = await ClaimAsync(log);
        await AppendAsync(log, epoch, "a");
        await AppendAsync(log, epoch, "b");
        _directory!.Close();
        _disk.Delete("d/.kafka_cleanshutdown");
        var file = _disk.OpenFile("d/__cluster_metadata-0/00000000000000000000.log", DiskOpen.Existing);
        file.SetLength(file.Length - 3);
        file.Release();
        log = Open(100 << 20);
        Assert.Equal(["a"], await AllAsync(log));
        epoch = await ClaimAsync(log);
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, epoch, "c"));
        Assert.Equal(["a", "c"], await AllAsync(log));
    }

    [Fact]
    public async Task A_snapshot_is_read_back_and_an_unfinished_one_is_passed_over()
    {
        var log = Open(100 << 20);
        var epoch = await ClaimAsync(log);
        await AppendAsync(log, epoch, "a");
        await log.SnapshotAsync(new ClusterSnapshot(log.OffsetNext, epoch, 5, Records("a")), CancellationToken.None);
        Assert.Equal(0, log.BytesSinceSnapshot);
        await AppendAsync(log, epoch, "b");
        var whole = _disk.ReadAllBytes("d/__cluster_metadata-0/" + SnapshotFile.NameOf(log.OffsetNext - 1, epoch));
        _disk.ReplaceFile("d/__cluster_metadata-0/" + SnapshotFile.NameOf(log.OffsetNext, epoch), whole.AsSpan(0, whole.Length - 1));
        log = Reopen();
        var snapshot = await log.LatestSnapshotAsync(CancellationToken.None);
        Assert.Equal((log.OffsetNext - 1, 1, 5), (snapshot!.OffsetNext, snapshot.Epoch, snapshot.TimestampMs));
        Assert.Equal(["b"], await AllAsync(log, snapshot.OffsetNext));
    }

    [Fact]
    public async Task Pruning_keeps_what_the_newest_snapshot_does_not_cover_and_sends_readers_before_it_to_the_snapshot()
    {
        var log = Open(retentionBytes: 1);
        var epoch = await ClaimAsync(log);
        await AppendAsync(log, epoch, "a");
        await log.SnapshotAsync(new ClusterSnapshot(log.OffsetNext, epoch, 5, Records("a")), CancellationToken.None);
        await AppendAsync(log, epoch, "b");
        await log.PruneAsync(CancellationToken.None);
        var snapshot = await log.LatestSnapshotAsync(CancellationToken.None);
        Assert.Equal(snapshot!.OffsetNext, log.OffsetFirst);
        Assert.Null(await log.ReadAsync(log.OffsetFirst - 1, 10, CancellationToken.None));
        Assert.Equal(["b"], await AllAsync(log, log.OffsetFirst));
        Assert.Single(SnapshotFile.List(_disk, "d/__cluster_metadata-0"));
        log = Reopen(retentionBytes: 1);
        Assert.Equal(["b"], await AllAsync(log, snapshot.OffsetNext));
    }

    [Fact]
    public async Task A_log_whose_beginning_no_snapshot_covers_does_not_open()
    {
        var log = Open(retentionBytes: 1);
        var epoch = await ClaimAsync(log);
        await AppendAsync(log, epoch, "a");
        await log.SnapshotAsync(new ClusterSnapshot(log.OffsetNext, epoch, 5, Records("a")), CancellationToken.None);
        await log.PruneAsync(CancellationToken.None);
        _directory!.TryGet(EmbeddedClusterLog.Name, out var raw);
        raw.RollSegment(_clock.GetUtcNow().ToUnixTimeMilliseconds());
        raw.RunRetention(_clock.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var snapshot in SnapshotFile.List(_disk, "d/__cluster_metadata-0"))
        {
            _disk.Delete("d/__cluster_metadata-0/" + snapshot.Name);
        }

        Assert.Throws<InvalidDataException>(() => Reopen());
    }

    [Fact]
    public async Task The_log_of_several_controllers_is_refused()
    {
        var log = Open(100 << 20);
        await ClaimAsync(log);
        var voters = new VotersRecord { Voters = [new() { VoterId = 1 }, new() { VoterId = 2 }] };
        var snapshot = SnapshotFile.Write(new ClusterSnapshot(log.OffsetNext, 1, 5, []), new LogVoters(1, voters), 5);
        _disk.ReplaceFile("d/__cluster_metadata-0/" + SnapshotFile.NameOf(log.OffsetNext, 1), snapshot);
        Assert.Contains("2 controllers", Assert.Throws<LogDirectoryException>(() => Reopen()).Message);
    }
}
