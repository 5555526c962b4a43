using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>The contract of <see cref="IClusterLog"/>, kept by the log on one node's disk.</summary>
public sealed class EmbeddedClusterLogTests
{
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly MemoryDisk _disk;
    private LogDirectory? _directory;

    public EmbeddedClusterLogTests() => _disk = new MemoryDisk(_clock);

    private EmbeddedClusterLog Open(long retentionBytes = 100 << 20)
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

    private static IReadOnlyList<ClusterRecord> Records(params string[] names) => [.. names.Select(n => ClusterRecord.Of(new FeatureLevelRecord { Name = n, FeatureLevel = 1 }))];

    private static async Task<List<string>> AllAsync(EmbeddedClusterLog log, long from = 0)
    {
        var names = new List<string>();
        while (from < log.OffsetNext)
        {
            foreach (var batch in (await log.ReadAsync(from, 1, CancellationToken.None))!)
            {
                Assert.Equal(from, batch.BaseOffset);
                names.AddRange(batch.Records.Select(r => r.Message).OfType<FeatureLevelRecord>().Select(f => f.Name));
                from = batch.OffsetNext;
            }
        }

        return names;
    }

    private static async Task<AppendOutcome> AppendAsync(EmbeddedClusterLog log, int epoch, params string[] names)
    {
        var appended = log.Append(epoch, log.OffsetAppended, Records(names));
        return appended == AppendOutcome.Committed ? await log.CommitAsync(CancellationToken.None) : appended;
    }

    private static async Task<int> ClaimAsync(EmbeddedClusterLog log)
    {
        var epoch = await log.ClaimAsync(CancellationToken.None);
        Assert.Equal(AppendOutcome.Committed, await log.CommitAsync(CancellationToken.None));
        return epoch;
    }

    [Fact]
    public async Task Every_claim_is_a_strictly_larger_epoch_even_over_restarts()
    {
        var log = Open();
        Assert.Equal(1, await ClaimAsync(log));
        Assert.Equal(2, await ClaimAsync(log));
        log = Reopen();
        Assert.Equal(3, await ClaimAsync(log));
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
    public async Task What_is_appended_is_read_in_order_and_survives_a_restart()
    {
        var log = Open();
        var epoch = await ClaimAsync(log);
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, epoch, "a", "b"));
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, epoch, "c"));
        Assert.Equal(["a", "b", "c"], await AllAsync(log));
        var end = log.OffsetNext;
        log = Reopen();
        Assert.Equal(end, log.OffsetNext);
        Assert.Equal(["a", "b", "c"], await AllAsync(log));
    }

    [Fact]
    public async Task An_append_of_an_old_epoch_or_at_another_offset_is_fenced()
    {
        var log = Open();
        var first = await ClaimAsync(log);
        var second = await ClaimAsync(log);
        Assert.Equal(AppendOutcome.Fenced, await AppendAsync(log, first, "a"));
        Assert.Equal(AppendOutcome.Fenced, log.Append(second, log.OffsetNext - 1, Records("a")));
        Assert.Equal(AppendOutcome.Fenced, log.Append(second, log.OffsetNext + 1, Records("a")));
        Assert.Empty(await AllAsync(log));
        log = Reopen();
        Assert.Equal(AppendOutcome.Fenced, await AppendAsync(log, second, "a"));
    }

    [Fact]
    public async Task A_change_too_long_for_a_batch_is_one_transaction_and_without_its_end_it_never_was()
    {
        var log = Open();
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
        var log = Open();
        var epoch = await ClaimAsync(log);
        await AppendAsync(log, epoch, "a");
        await AppendAsync(log, epoch, "b");
        _directory!.Close();
        _disk.Delete("d/.kafka_cleanshutdown");
        var file = _disk.OpenFile("d/__cluster_metadata-0/00000000000000000000.log", DiskOpen.Existing);
        file.SetLength(file.Length - 3);
        file.Release();
        log = Open();
        Assert.Equal(["a"], await AllAsync(log));
        epoch = await ClaimAsync(log);
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, epoch, "c"));
        Assert.Equal(["a", "c"], await AllAsync(log));
    }

    [Fact]
    public async Task A_watcher_wakes_when_the_log_grows()
    {
        var log = Open();
        var epoch = await ClaimAsync(log);
        await log.WatchAsync(log.OffsetNext - 1, CancellationToken.None);
        var watch = log.WatchAsync(log.OffsetNext, CancellationToken.None);
        Assert.False(watch.IsCompleted);
        await AppendAsync(log, epoch, "a");
        await watch;
    }

    [Fact]
    public async Task A_snapshot_is_read_back_and_an_unfinished_one_is_passed_over()
    {
        var log = Open();
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
    public async Task What_is_appended_is_read_only_once_it_is_committed_and_all_of_it_with_one_commit()
    {
        var log = Open();
        var epoch = await ClaimAsync(log);
        var before = log.OffsetNext;
        Assert.Equal(AppendOutcome.Committed, log.Append(epoch, log.OffsetAppended, Records("a")));
        Assert.Equal(AppendOutcome.Committed, log.Append(epoch, log.OffsetAppended, Records("b", "c")));
        Assert.Equal((before, before + 3), (log.OffsetNext, log.OffsetAppended));
        Assert.Empty(await AllAsync(log, before));
        Assert.Equal(AppendOutcome.Committed, await log.CommitAsync(CancellationToken.None));
        Assert.Equal(before + 3, log.OffsetNext);
        Assert.Equal(["a", "b", "c"], await AllAsync(log, before));
    }

    [Fact]
    public async Task The_log_of_several_controllers_is_refused()
    {
        var log = Open();
        await ClaimAsync(log);
        var voters = new VotersRecord { Voters = [new() { VoterId = 1 }, new() { VoterId = 2 }] };
        var snapshot = SnapshotFile.Write(new ClusterSnapshot(log.OffsetNext, 1, 5, []), new LogVoters(1, voters), 5);
        _disk.ReplaceFile("d/__cluster_metadata-0/" + SnapshotFile.NameOf(log.OffsetNext, 1), snapshot);
        Assert.Contains("2 controllers", Assert.Throws<LogDirectoryException>(() => Reopen()).Message);
    }
}
