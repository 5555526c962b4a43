using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>The promises of every backing of <see cref="IClusterLog"/>; each derives from this.</summary>
public abstract class ClusterLogContract
{
    /// <summary>Opens the log, or opens it again: as the next run of the node has it, after everything that was written.</summary>
    private protected abstract IClusterLog Open();

    /// <summary>Opens the log so that it keeps no more than it must: <see cref="IClusterLog.PruneAsync"/> drops whatever the newest snapshot covers.</summary>
    private protected virtual IClusterLog OpenFrugal() => Open();

    /// <summary>The backing fails: what becomes of the next commit cannot be known, until the log is opened again.</summary>
    private protected abstract void Break();

    private protected static IReadOnlyList<ClusterRecord> Records(params string[] names) => [.. names.Select(n => ClusterRecord.Of(new FeatureLevelRecord { Name = n, FeatureLevel = 1 }))];

    private protected static async Task<List<string>> AllAsync(IClusterLog log, long from = 0)
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

    private protected static async Task<AppendOutcome> AppendAsync(IClusterLog log, int epoch, params string[] names)
    {
        var appended = log.Append(epoch, log.OffsetAppended, Records(names));
        return appended == AppendOutcome.Committed ? await log.CommitAsync(CancellationToken.None) : appended;
    }

    private protected static async Task<int> ClaimAsync(IClusterLog log)
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
        log = Open();
        Assert.Equal(3, await ClaimAsync(log));
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
        log = Open();
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
        log = Open();
        Assert.Equal(AppendOutcome.Fenced, await AppendAsync(log, second, "a"));
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
    public async Task Whoever_was_fenced_reads_on_and_may_claim_again()
    {
        var log = Open();
        var first = await ClaimAsync(log);
        await AppendAsync(log, first, "a");
        var second = await ClaimAsync(log);
        Assert.Equal(AppendOutcome.Fenced, log.Append(first, log.OffsetAppended, Records("b")));
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, second, "c"));
        Assert.Equal(["a", "c"], await AllAsync(log));
        var third = await ClaimAsync(log);
        Assert.Equal(AppendOutcome.Fenced, log.Append(second, log.OffsetAppended, Records("d")));
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, third, "e"));
        Assert.Equal(["a", "c", "e"], await AllAsync(log));
    }

    [Fact]
    public async Task What_became_of_a_change_whose_outcome_is_unknown_is_read_from_the_log_and_it_is_there_whole_or_not_at_all()
    {
        var log = Open();
        var epoch = await ClaimAsync(log);
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, epoch, "a"));
        var committed = log.OffsetNext;
        Break();
        Assert.Equal(AppendOutcome.Unknown, await AppendAsync(log, epoch, "b", "c"));
        Assert.True(log.OffsetNext == committed || log.OffsetNext == committed + 2);

        // Nothing may be built on it before somebody has claimed and read.
        Assert.Equal(AppendOutcome.Unknown, log.Append(epoch, log.OffsetAppended, Records("d")));
        Assert.Equal(AppendOutcome.Unknown, await log.CommitAsync(CancellationToken.None));
        log = Open();
        var all = await AllAsync(log);
        Assert.True(all is ["a"] or ["a", "b", "c"], string.Join(" ", all));
        var next = await ClaimAsync(log);
        Assert.True(next > epoch);
        Assert.Equal(AppendOutcome.Committed, await AppendAsync(log, next, "e"));
        Assert.Equal([.. all, "e"], await AllAsync(log));
    }

    [Fact]
    public async Task A_snapshot_and_what_comes_behind_it_are_the_whole_log()
    {
        var log = Open();
        Assert.True(await log.LatestSnapshotAsync(CancellationToken.None) is null or { OffsetNext: 0 });
        var epoch = await ClaimAsync(log);
        await AppendAsync(log, epoch, "a");
        var end = log.OffsetNext;
        await log.SnapshotAsync(new ClusterSnapshot(end, epoch, 5, Records("a")), CancellationToken.None);
        Assert.Equal(0, log.BytesSinceSnapshot);
        await AppendAsync(log, epoch, "b");
        Assert.InRange(log.BytesSinceSnapshot, 1, long.MaxValue);
        await log.PruneAsync(CancellationToken.None);
        log = Open();
        var snapshot = (await log.LatestSnapshotAsync(CancellationToken.None))!;
        Assert.Equal((end, epoch, 5), (snapshot.OffsetNext, snapshot.Epoch, snapshot.TimestampMs));
        Assert.Equal(["a"], snapshot.Records.Select(r => ((FeatureLevelRecord)r.Message).Name));
        Assert.InRange(log.OffsetFirst, 0, end);
        Assert.Equal(["b"], await AllAsync(log, end));
        if (log.OffsetFirst > 0)
        {
            Assert.Null(await log.ReadAsync(log.OffsetFirst - 1, 10, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Whoever_fell_behind_what_is_kept_sees_the_snapshot_as_one_change_and_then_what_stands_behind_it()
    {
        var log = OpenFrugal();
        var cache = new MetadataCache();
        var follower = new ImageFollower(log, cache);
        var seen = new SeenDeltas();
        follower.Subscribe(seen);
        var epoch = await ClaimAsync(log);
        var (stays, goes, comes) = (new Uuid(1, 1), new Uuid(1, 2), new Uuid(1, 3));
        await AppendAsync(log, epoch, [.. Topic("stays", stays), .. Topic("same", new Uuid(1, 4)), .. Topic("goes", goes), Setting("stays", "segment.bytes", "1")]);
        await follower.LoadAsync(null, CancellationToken.None);
        await AppendAsync(log, epoch,
        [
            ClusterRecord.Of(new RemoveTopicRecord { TopicId = goes }), .. Topic("comes", comes),
            ClusterRecord.Of(new PartitionChangeRecord { TopicId = stays, PartitionId = 0, Leader = 2 }),
            Setting("stays", "segment.bytes", null), ClusterRecord.Of(new FeatureLevelRecord { Name = "f", FeatureLevel = 1 }),
        ]);

        // Two snapshots: the newest always stays, and the log begins where the one before it would have been.
        var image = await ImageAsync(log);
        await log.SnapshotAsync(new ClusterSnapshot(log.OffsetNext, epoch, 5, [.. ImageRecords.Of(image)]), CancellationToken.None);
        await AppendAsync(log, epoch, "behind");
        image = await ImageAsync(log);
        var end = log.OffsetNext;
        await log.SnapshotAsync(new ClusterSnapshot(end, epoch, 6, [.. ImageRecords.Of(image)]), CancellationToken.None);
        await log.PruneAsync(CancellationToken.None);
        await AppendAsync(log, epoch, "last");
        Assert.InRange(log.OffsetFirst, cache.Current.Offset + 2, end);
        seen.Deltas.Clear();
        await follower.CatchUpAsync(CancellationToken.None);

        Assert.Equal(2, seen.Deltas.Count);
        var leap = seen.Deltas[0];
        Assert.Equal(["comes"], leap.TopicsCreated.Select(t => t.Name));
        Assert.Equal(["goes"], leap.TopicsDeleted.Select(t => t.Name));
        var change = Assert.Single(leap.TopicsChanged);
        Assert.Equal(("stays", 1, 2), (change.After.Name, change.Before.Partitions[0].Leader, change.After.Partitions[0].Leader));
        Assert.Equal(ConfigResource.Topic("stays"), Assert.Single(leap.ConfigsChanged));
        Assert.True(leap.FeaturesChanged);
        Assert.False(leap.QuotasChanged || leap.SecurityChanged || leap.BrokersChanged.Count > 0);
        Assert.Equal((end - 1, log.OffsetNext - 1), (leap.After.Offset, cache.Current.Offset));
        Assert.Equal(["behind", "f", "last"], cache.Current.Features.Keys.Intersect(["behind", "f", "last", "lost"]));
        Assert.Same(leap.After, seen.Deltas[1].Before);
    }

    private static async Task<ClusterImage> ImageAsync(IClusterLog log)
    {
        var cache = new MetadataCache();
        await new ImageFollower(log, cache).LoadAsync(null, CancellationToken.None);
        return cache.Current;
    }

    private static async Task AppendAsync(IClusterLog log, int epoch, IReadOnlyList<ClusterRecord> records)
    {
        Assert.Equal(AppendOutcome.Committed, log.Append(epoch, log.OffsetAppended, records));
        Assert.Equal(AppendOutcome.Committed, await log.CommitAsync(CancellationToken.None));
    }

    private static ClusterRecord[] Topic(string name, Uuid id) =>
    [
        ClusterRecord.Of(new TopicRecord { Name = name, TopicId = id }),
        ClusterRecord.Of(new PartitionRecord { TopicId = id, PartitionId = 0, Replicas = [1, 2], Isr = [1, 2], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 }),
    ];

    private static ClusterRecord Setting(string topic, string name, string? value) =>
        ClusterRecord.Of(new ConfigRecord { ResourceType = (sbyte)ConfigResourceType.Topic, ResourceName = topic, Name = name, Value = value });

    private sealed class SeenDeltas : IClusterListener
    {
        public List<ClusterDelta> Deltas { get; } = [];

        public ValueTask OnChangeAsync(ClusterImage image, ClusterDelta delta)
        {
            Deltas.Add(delta);
            return ValueTask.CompletedTask;
        }
    }
}
