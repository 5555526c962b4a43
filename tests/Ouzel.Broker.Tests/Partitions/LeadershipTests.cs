using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Partitions;

/// <summary>A change of leader, of the replicas in sync, or of their number, and its meaning for appends and for those who wait.</summary>
public sealed class LeadershipTests
{
    [Fact]
    public async Task Nothing_is_appended_once_the_partition_knows_that_another_one_leads()
    {
        var disk = new FaultyDisk(new Random(1));
        using var node = new DataNode(disk);
        await node.CreateTopicAsync("t");
        var partition = node.PartitionOf("t");
        using ManualResetEventSlim isWriting = new(), mayWrite = new();
        disk.BeforeChange = path =>
        {
            if (path.EndsWith(".log", StringComparison.Ordinal))
            {
                isWriting.Set();
                mayWrite.Wait();
            }
        };

        // The first holds the log; the second has seen that this node leads, and waits for the log.
        var first = Begin(Append);
        isWriting.Wait(TestContext.Current.CancellationToken);
        var second = Begin(Append);
        WaitUntilHeld(second);
        long end = -1;
        var follow = Begin(() =>
        {
            partition.Follow(Led(by: 2, epoch: 1), isLeader: false, isrMin: 1);
            end = partition.Log.LogEndOffset;
        });
        WaitUntilHeld(follow);
        mayWrite.Set();
        foreach (var thread in new[] { first, second, follow })
        {
            thread.Join();
        }

        Assert.InRange(end, 1, 2);
        Assert.Equal(end, partition.Log.LogEndOffset);

        void Append() => partition.AppendAsLeader(Batches.Of("v"), LogAppendOrigin.Client, acksAll: false, node.NowMs);
    }

    private static Thread Begin(Action run)
    {
        var thread = new Thread(() => run());
        thread.Start();
        return thread;
    }

    /// <summary>Waits until the thread waits for another, or has ended.</summary>
    private static void WaitUntilHeld(Thread thread)
    {
        while ((thread.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) == 0)
        {
            Thread.Yield();
        }
    }

    [Fact]
    public async Task A_producer_that_waits_is_told_when_another_one_leads_and_not_when_the_disk_is_done()
    {
        using var work = new HeldWork();
        using var node = new DataNode(work: work);
        await node.CreateTopicAsync("t");
        using var client = node.Connect();
        await client.SendAsync(Request("t"), 9);
        Assert.Equal(0, ((MemoryTransport)client.Transport).Unanswered);
        await node.ChangeLeaderAsync("t", 0, leader: 2);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await ReceiveAsync(client));
        work.RunAll();

        // What held the first is free for the next, and has nothing to do with it.
        await node.ChangeLeaderAsync("t", 0, leader: 1);
        await client.SendAsync(Request("t"), 9);
        work.RunAll();
        Assert.Equal(ErrorCode.None, await ReceiveAsync(client));
        Assert.Equal(0, node.Timeouts.Count);
    }

    [Fact]
    public async Task Leading_on_in_another_epoch_ends_no_wait()
    {
        using var work = new HeldWork();
        using var node = new DataNode(work: work);
        await node.CreateTopicAsync("t");
        using var client = node.Connect();
        await client.SendAsync(Request("t"), 9);
        await node.ChangeLeaderAsync("t", 0, leader: 1);
        work.RunAll();
        Assert.Equal(ErrorCode.None, await ReceiveAsync(client));
    }

    [Fact]
    public async Task What_was_appended_before_leadership_was_lost_and_won_again_is_not_acknowledged()
    {
        using var node = new DataNode();
        await node.CreateTopicAsync("t");
        var partition = node.PartitionOf("t");
        var result = partition.AppendAsLeader(Batches.Of("a"), LogAppendOrigin.Client, acksAll: true, node.NowMs);
        await node.ChangeLeaderAsync("t", 0, leader: 2);
        await node.ChangeLeaderAsync("t", 0, leader: 1);
        Assert.True(partition.IsAcknowledged(new Said(), result.LastOffset + 1, result.LeaderEpoch, out var error, out _));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, error);
    }

    [Fact]
    public async Task What_other_replicas_do_not_have_is_neither_read_nor_acknowledged_before_the_high_watermark_is_behind_it()
    {
        using var node = new DataNode(durability: Durability.Os);
        await node.CreateTopicAsync("t");
        var partition = node.PartitionOf("t");
        partition.Follow(InSync(1, 1, 2), isLeader: true, isrMin: 1);
        List<Said> waits = [];
        foreach (var value in new[] { "a", "b", "c" })
        {
            var result = partition.AppendAsLeader(Batches.Of(value), LogAppendOrigin.Client, acksAll: true, node.NowMs);
            waits.Add(new Said());
            Assert.False(partition.IsAcknowledged(waits[^1], result.LastOffset + 1, result.LeaderEpoch, out _, out _));
        }

        Assert.Equal((3, 0), (partition.Log.LogEndOffset, partition.Log.HighWatermark));
        Assert.True(partition.Cancel(waits[1], out var isLetGo) && isLetGo);
        partition.Follow(InSync(2, 1), isLeader: true, isrMin: 1);
        Assert.Equal((3, 3), (partition.Log.LogEndOffset, partition.Log.HighWatermark));
        Assert.Equal([[ErrorCode.None], [], [ErrorCode.None]], waits.Select(w => w.Errors));
        Assert.Equal([1, 0, 1], waits.Select(w => w.TimesLetGo));
    }

    [Fact]
    public async Task Records_that_every_replica_in_sync_has_are_told_to_have_too_few_of_them()
    {
        using var node = new DataNode(durability: Durability.Os);
        await node.CreateTopicAsync("t");
        var partition = node.PartitionOf("t");
        partition.Follow(InSync(1, 1, 2), isLeader: true, isrMin: 2);
        var wait = new Said();
        var result = partition.AppendAsLeader(Batches.Of("a"), LogAppendOrigin.Client, acksAll: true, node.NowMs);
        Assert.False(partition.IsAcknowledged(wait, result.LastOffset + 1, result.LeaderEpoch, out _, out _));
        partition.Follow(InSync(2, 1), isLeader: true, isrMin: 2);
        Assert.Equal([ErrorCode.NotEnoughReplicasAfterAppend], wait.Errors);
        Assert.Equal(ErrorCode.NotEnoughReplicas, partition.AppendAsLeader(Batches.Of("b"), LogAppendOrigin.Client, acksAll: true, node.NowMs).Error);
    }

    [Fact]
    public async Task What_was_committed_stays_so_when_the_last_replica_in_sync_leaves()
    {
        using var node = new DataNode(durability: Durability.Os);
        await node.CreateTopicAsync("t");
        var partition = node.PartitionOf("t");
        partition.Follow(InSync(1, 1), isLeader: true, isrMin: 1);
        var result = partition.AppendAsLeader(Batches.Of("a"), LogAppendOrigin.Client, acksAll: true, node.NowMs);
        partition.Follow(InSync(2), isLeader: false, isrMin: 1);
        Assert.Equal(ErrorCode.None, partition.ErrorOfCommitted);
        partition.Stop();
        Assert.True(partition.IsAcknowledged(new Said(), result.LastOffset + 1, result.LeaderEpoch, out var error, out _));
        Assert.Equal(ErrorCode.None, error);
    }

    [Fact]
    public async Task A_change_of_one_partition_wakes_nobody_at_another()
    {
        using var node = new DataNode();
        await node.CreateTopicAsync("t", partitions: 2);
        await node.CreateTopicAsync("u");
        var before = (node.PartitionOf("t", 1).Watermark.NewsCount, node.PartitionOf("u").End.NewsCount, node.PartitionOf("t").Watermark.NewsCount);
        await node.ChangeLeaderAsync("t", 0, leader: 2);
        await node.GrowTopicAsync("t");
        Assert.Equal((before.Item1, before.Item2, before.Item3 + 1), (node.PartitionOf("t", 1).Watermark.NewsCount, node.PartitionOf("u").End.NewsCount, node.PartitionOf("t").Watermark.NewsCount));
    }

    [Fact]
    public async Task A_partition_that_is_taken_from_this_node_is_left_and_its_log_stays()
    {
        using var work = new HeldWork();
        using var node = new DataNode(work: work);
        var id = await node.CreateTopicAsync("t");
        using var producer = node.Connect();
        using var consumer = node.Connect();
        await producer.SendAsync(Request("t"), 9);
        var fetch = new FetchRequest { MaxWaitMs = int.MaxValue, MinBytes = 1, MaxBytes = 5000, SessionEpoch = -1, Topics = [new() { Topic = "t", Partitions = [new() { FetchOffset = 1, PartitionMaxBytes = 5000, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 }] }] };
        await consumer.SendAsync(fetch, 12);
        await node.ApplyAsync(ClusterRecord.Of(new PartitionChangeRecord { TopicId = id, PartitionId = 0, Replicas = [2], Isr = [2], Leader = 2 }, new MetadataVersion(MetadataVersion.LevelMax)));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await ReceiveAsync(producer));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await consumer.ReceiveAsync<FetchResponse>(12)).Response.Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(1, node.PartitionOf("t").Log.LogEndOffset);
        Assert.Equal(0, node.PartitionOf("t").Watermark.Count);
        work.RunAll();
    }

    private static PartitionImage Led(int by, int epoch) => new() { Replicas = [1, 2], Isr = [by], Leader = by, LeaderEpoch = epoch, PartitionEpoch = epoch };

    /// <summary>Led by this node in its first epoch, with these replicas in sync.</summary>
    private static PartitionImage InSync(int partitionEpoch, params int[] isr) => new() { Replicas = [1, 2], Isr = isr, Leader = 1, LeaderEpoch = 0, PartitionEpoch = partitionEpoch };

    private static ProduceRequest Request(string topic) => new()
    {
        Acks = -1,
        TimeoutMs = 60_000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = new MemoryRecords(Batches.Of("v")) }] }],
    };

    private static async Task<ErrorCode> ReceiveAsync(WireClient client)
        => (await client.ReceiveAsync<ProduceResponse>(9)).Response.Responses[0].PartitionResponses[0].ErrorCode;

    private sealed class Said : AcknowledgeWait
    {
        public List<ErrorCode> Errors { get; } = [];

        public int TimesLetGo { get; private set; }

        protected internal override void OnEnded(ErrorCode error, Exception? fault, bool isLetGo)
        {
            Errors.Add(error);
            TimesLetGo += isLetGo ? 1 : 0;
        }

        protected internal override void OnLetGo() => TimesLetGo++;
    }
}
