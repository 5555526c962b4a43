using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Partitions;

/// <summary>A whole broker with two log directories, one of which stands still for ten seconds.</summary>
public sealed class StalledDiskTests
{
    private const int Writers = 20;
    private const int RequestsOfEach = 400;
    private const int RequestsInFlightMax = 256;
    private const int QueuedBytesMax = 32 << 20;

    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly Dictionary<string, StallableWork> _works = [];

    [Fact]
    public async Task While_a_disk_does_not_sync_others_are_served_and_nothing_acknowledged_is_lost()
    {
        var disk = new FaultyDisk(new Random(7), _clock);
        var node = await StartAsync(disk, _clock);
        var (stalled, sound) = await TopicsAsync(node, disk);
        using var good = node.Connect();
        var beat = await JoinAsync(good);
        Assert.Equal(ErrorCode.None, (await ProduceAsync(good, stalled, "before", acks: -1)).ErrorCode);

        _works["/data1"].Stall();
        var writers = new List<WireClient>();
        for (var i = 0; i < Writers; i++)
        {
            writers.Add(node.Connect());
            for (var request = 0; request < RequestsOfEach; request++)
            {
                await writers[i].SendAsync(Produce(stalled, $"{i}.{request}", acks: -1), 9);
            }
        }

        // Bounded: what is beyond so many of each connection was not even read, it waits with its sender.
        Assert.Equal(1 + (Writers * RequestsInFlightMax), await EndAsync(good, stalled));
        for (var second = 0; second < 10; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await AssertServedAsync(good, beat, sound);
            Assert.Equal(["before"], await FetchAsync(good, stalled, 0));
            Assert.Equal(ErrorCode.None, (await ProduceAsync(good, sound, $"{second}", acks: -1)).ErrorCode);
            Assert.All(writers, writer => Assert.Equal(0, ((MemoryTransport)writer.Transport).Unanswered));
            Assert.InRange(_works["/data1"].Held, 1, 10);
        }

        // What nobody waits for the disk for is answered at once.
        Assert.Equal(ErrorCode.None, (await ProduceAsync(good, stalled, "unsafe", acks: 1)).ErrorCode);

        _works["/data1"].GoOn();
        var kept = new Dictionary<long, string>();
        for (var i = 0; i < Writers; i++)
        {
            for (var request = 0; request < RequestsOfEach; request++)
            {
                var (correlationId, answer) = await Soon(writers[i].ReceiveAsync<ProduceResponse>(9));
                Assert.Equal(request + 1, correlationId);
                var told = answer.Responses[0].PartitionResponses[0];
                Assert.Equal(ErrorCode.None, told.ErrorCode);
                kept.Add(told.BaseOffset, $"{i}.{request}");
            }
        }

        disk.PowerLoss();
        var again = await StartAsync(disk, FakeTime.New());
        using var reader = again.Connect();
        foreach (var (offset, value) in kept)
        {
            Assert.Equal([value], await FetchAsync(reader, stalled, offset));
        }

        for (var second = 0; second < 10; second++)
        {
            Assert.Equal([$"{second}"], await FetchAsync(reader, sound, 1 + second));
        }
    }

    [Fact]
    public async Task A_power_loss_while_a_disk_does_not_sync_takes_only_what_was_not_acknowledged()
    {
        var disk = new FaultyDisk(new Random(8), _clock);
        var node = await StartAsync(disk, _clock);
        var (stalled, _) = await TopicsAsync(node, disk);
        using var good = node.Connect();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(ErrorCode.None, (await ProduceAsync(good, stalled, $"{i}", acks: -1)).ErrorCode);
        }

        _works["/data1"].Stall();
        using var writer = node.Connect();
        for (var i = 0; i < 200; i++)
        {
            await writer.SendAsync(Produce(stalled, "never acknowledged", acks: -1), 9);
        }

        Assert.Equal(0, ((MemoryTransport)writer.Transport).Unanswered);
        disk.PowerLoss();
        var again = await StartAsync(disk, FakeTime.New());
        using var reader = again.Connect();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal([$"{i}"], await FetchAsync(reader, stalled, i));
        }
    }

    [Fact]
    public async Task A_write_that_hangs_takes_one_thread_and_the_writes_behind_it_are_queued()
    {
        using var disk = new GatedDisk(_clock, "/data1/t");
        var node = await StartAsync(disk, _clock);
        var (stalled, sound) = await TopicsAsync(node, disk);
        using var good = node.Connect();
        var beat = await JoinAsync(good);
        Assert.Equal(ErrorCode.None, (await ProduceAsync(good, stalled, "before", acks: -1)).ErrorCode);

        disk.Shut();
        StallAll();
        using var caught = node.Connect();
        var hangs = Task.Run(() => caught.SendAsync(Produce(stalled, "caught", acks: -1), 9), TestContext.Current.CancellationToken);
        await disk.HangsAsync();
        _clock.AdvanceMs(51);

        using var behind = node.Connect();
        await behind.SendAsync(Produce(stalled, "behind", acks: -1), 9);
        await behind.SendAsync(Produce(stalled, "last", acks: 1), 9);
        Assert.Equal(0, ((MemoryTransport)behind.Transport).Unanswered);
        for (var second = 0; second < 10; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await AssertServedAsync(good, beat, sound);
            Assert.Equal(["before"], await FetchAsync(good, stalled, 0));
            Assert.Equal(ErrorCode.None, (await ProduceAsync(good, sound, $"{second}", acks: -1)).ErrorCode);
        }

        disk.Open();
        await Soon(hangs);
        GoOnAll();
        Assert.Equal(1, (await RespondAsync(caught)).BaseOffset);
        Assert.Equal(2, (await RespondAsync(behind)).BaseOffset);
        Assert.Equal(3, (await RespondAsync(behind)).BaseOffset);
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Who_needs_the_log_behind_a_write_that_hangs_waits_in_its_queue_and_holds_no_thread()
    {
        using var disk = new GatedDisk(_clock, "/data1/t");
        var node = await StartAsync(disk, _clock);
        var (stalled, sound) = await TopicsAsync(node, disk);
        using var good = node.Connect();
        var beat = await JoinAsync(good);
        Assert.Equal(ErrorCode.None, (await ProduceAsync(good, stalled, "before", acks: -1)).ErrorCode);

        disk.Shut();
        StallAll();
        using var caught = node.Connect();
        var hangs = Task.Run(() => caught.SendAsync(Produce(stalled, "caught", acks: -1), 9), TestContext.Current.CancellationToken);
        await disk.HangsAsync();
        _clock.AdvanceMs(51);

        using WireClient deleting = node.Connect(), describing = node.Connect();
        var delete = new DeleteRecordsRequest { TimeoutMs = 1_000, Topics = [new() { Name = stalled, Partitions = [new() { PartitionIndex = 0, Offset = 1 }] }] };
        var describe = new DescribeProducersRequest { Topics = [new() { Name = stalled, PartitionIndexes = [0] }] };
        await Soon(Task.Run(() => deleting.SendAsync(delete, 2), TestContext.Current.CancellationToken));
        await Soon(Task.Run(() => describing.SendAsync(describe, 0), TestContext.Current.CancellationToken));
        await AssertServedAsync(good, beat, sound);
        Assert.Equal((0, 0), (((MemoryTransport)deleting.Transport).Unanswered, ((MemoryTransport)describing.Transport).Unanswered));

        // Behind it, on the same connection and on another.
        await deleting.SendAsync(Produce(stalled, "behind", acks: -1), 9);
        disk.Open();
        await Soon(hangs);
        GoOnAll();
        var deleted = (await Soon(deleting.ReceiveAsync<DeleteRecordsResponse>(2))).Response.Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.None, 1), (deleted.ErrorCode, deleted.LowWatermark));
        Assert.Equal(ErrorCode.None, (await Soon(describing.ReceiveAsync<DescribeProducersResponse>(0))).Response.Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(2, (await RespondAsync(deleting)).BaseOffset);
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Writes_that_would_be_too_much_to_queue_wait_with_their_connections_and_others_are_served()
    {
        const int Bytes = 500_000;
        using var disk = new GatedDisk(_clock, "/data1/t");
        var node = await StartAsync(disk, _clock);
        var (stalled, sound) = await TopicsAsync(node, disk);
        using var good = node.Connect();
        var beat = await JoinAsync(good);
        disk.Shut();
        StallAll();
        using var caught = node.Connect();
        var hangs = Task.Run(() => caught.SendAsync(Produce(stalled, "caught", acks: -1), 9), TestContext.Current.CancellationToken);
        await disk.HangsAsync();
        _clock.AdvanceMs(51);

        List<WireClient> writers = [.. Enumerable.Range(0, (QueuedBytesMax / Bytes) + 5).Select(_ => node.Connect())];
        List<Task> sending = [];
        foreach (var writer in writers)
        {
            await writer.SendAsync(Produce(stalled, new string('x', Bytes), acks: -1), 9);
            sending.Add(writer.SendAsync(Produce(stalled, "behind", acks: -1), 9));
        }

        await AssertServedAsync(good, beat, sound);
        Assert.All(writers, writer => Assert.Equal(0, ((MemoryTransport)writer.Transport).Unanswered));
        disk.Open();
        await Soon(hangs);
        GoOnAll();
        foreach (var writer in writers)
        {
            ProduceResponse.PartitionProduceResponse first = await RespondAsync(writer), second = await RespondAsync(writer);
            Assert.Equal((ErrorCode.None, ErrorCode.None), (first.ErrorCode, second.ErrorCode));
            Assert.True(first.BaseOffset < second.BaseOffset);
        }

        await node.DisposeAsync();
    }

    /// <summary>With the threads of the directory hangs the one of the jobs, which look after every log.</summary>
    private void StallAll()
    {
        _works["/data1"].Stall();
        _works["jobs"].Stall();
    }

    private void GoOnAll()
    {
        _works["/data1"].GoOn();
        _works["jobs"].GoOn();
    }

    private static async Task AssertServedAsync(WireClient good, HeartbeatRequest beat, string sound)
    {
        Assert.Equal(ErrorCode.None, (await Soon(good.CallAsync(new MetadataRequest { Topics = [new() { Name = sound }] }, 9))).Topics[0].ErrorCode);
        Assert.Equal(ErrorCode.None, (await Soon(good.CallAsync(beat, 2))).ErrorCode);
        Assert.Equal(["first"], await FetchAsync(good, sound, 0));
    }

    /// <summary>A broker whose directories have threads that a test can stall.</summary>
    private Task<TestNode> StartAsync(Disk disk, FakeTimeProvider clock)
    {
        _works.Clear();
        return TestNode.StartAsync(disk, clock, [("log.dirs", "/data1,/data2"), ("offsets.topic.num.partitions", "1"), ("group.initial.rebalance.delay.ms", "0"), ("log.preallocate", "false")], workOf: WorkOf);

        BlockingWork WorkOf(string name)
        {
            var work = new StallableWork();
            _works[name.Replace("flush ", "", StringComparison.Ordinal)] = work;
            return work;
        }
    }

    /// <summary>Two topics: one in the directory that will stall, which holds the cluster's metadata too, and one in the other.</summary>
    private static async Task<(string Stalled, string Sound)> TopicsAsync(TestNode node, Disk disk)
    {
        string[] names = ["t1", "t2", "t3"];
        foreach (var name in names)
        {
            await node.Broker.EnsureTopicAsync(name, 1);
        }

        var sound = names.First(n => disk.Exists($"/data2/{n}-0"));
        using var client = node.Connect();
        Assert.Equal(ErrorCode.None, (await ProduceAsync(client, sound, "first", acks: -1)).ErrorCode);
        return (names.First(n => disk.Exists($"/data1/{n}-0")), sound);
    }

    private static async Task<HeartbeatRequest> JoinAsync(WireClient client)
    {
        Assert.Equal(ErrorCode.None, (await Soon(client.CallAsync(new FindCoordinatorRequest { Key = "g" }, 2))).ErrorCode);
        var join = new JoinGroupRequest { GroupId = "g", SessionTimeoutMs = 30_000, RebalanceTimeoutMs = 30_000, MemberId = "", ProtocolType = "consumer", Protocols = [new() { Name = "range", Metadata = Array.Empty<byte>() }] };
        var joined = await Soon(client.CallAsync(join, 3));
        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        var sync = new SyncGroupRequest { GroupId = "g", GenerationId = joined.GenerationId, MemberId = joined.MemberId };
        Assert.Equal(ErrorCode.None, (await Soon(client.CallAsync(sync, 2))).ErrorCode);
        return new HeartbeatRequest { GroupId = "g", GenerationId = joined.GenerationId, MemberId = joined.MemberId };
    }

    private static ProduceRequest Produce(string topic, string value, short acks) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = new MemoryRecords(Batches.Of(value)) }] }],
    };

    private static async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(WireClient client, string topic, string value, short acks)
        => (await Soon(client.CallAsync(Produce(topic, value, acks), 9))).Responses[0].PartitionResponses[0];

    private static async Task<ProduceResponse.PartitionProduceResponse> RespondAsync(WireClient client)
        => (await Soon(client.ReceiveAsync<ProduceResponse>(9))).Response.Responses[0].PartitionResponses[0];

    private static async Task<List<string>> FetchAsync(WireClient client, string topic, long offset)
    {
        var fetch = new FetchRequest { ReplicaId = -1, MaxBytes = 1 << 20, SessionEpoch = -1, Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, FetchOffset = offset, PartitionMaxBytes = 1, CurrentLeaderEpoch = -1, LogStartOffset = -1 }] }] };
        return Batches.Values((await Soon(client.CallAsync(fetch, 11))).Responses[0].Partitions[0].Records);
    }

    private static async Task<long> EndAsync(WireClient client, string topic)
    {
        var ask = new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, Timestamp = -1, CurrentLeaderEpoch = -1 }] }] };
        return (await Soon(client.CallAsync(ask, 5))).Topics[0].Partitions[0].Offset;
    }

    /// <summary>Everything is done when the call returns, but for what waits for another thread; a wait that never ends fails here.</summary>
    private static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
