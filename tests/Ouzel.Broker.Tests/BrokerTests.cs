using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests;

public sealed class BrokerTests
{
    [Fact]
    public async Task What_was_produced_is_served_again_after_a_stop_and_a_start()
    {
        var node = await TestNode.StartAsync();
        await node.Broker.EnsureTopicAsync("t", 2);
        using (var producer = node.Connect())
        {
            Assert.Equal(ErrorCode.None, (await ProduceAsync(producer, "a", "b")).ErrorCode);
        }

        await node.DisposeAsync();
        await using var again = await TestNode.StartAsync(node.Disk, node.Clock, []);
        using var client = again.Connect();
        var fetch = new FetchRequest { MaxBytes = 1 << 20, Topics = [new() { Topic = "t", Partitions = [new() { Partition = 1, PartitionMaxBytes = 1 << 20 }] }] };
        Assert.Equal(["a", "b"], Batches.Values((await client.CallAsync(fetch, 12)).Responses[0].Partitions[0].Records));
        Assert.Equal(2, (await ProduceAsync(client, "c")).BaseOffset);
    }

    [Fact]
    public async Task A_start_on_a_disk_that_gets_full_says_that_it_is_the_disk()
    {
        var failures = 0;
        for (long left = 0; left < 3000; left += 60)
        {
            var clock = FakeTime.New();
            var disk = new FaultyDisk(new Random(1), clock) { SpaceLeftBytes = left };
            try
            {
                await using var node = await TestNode.StartAsync(disk, clock, []);
            }
            catch (DiskException e)
            {
                Assert.Equal(DiskException.OutOfSpace, e.Errno);
                failures++;
            }
        }

        Assert.InRange(failures, 5, 50);
    }

    [Fact]
    public async Task A_topic_is_made_once()
    {
        await using var node = await TestNode.StartAsync();
        await node.Broker.EnsureTopicAsync("t", 2);
        await node.Broker.EnsureTopicAsync("t", 5);
        Assert.Equal(2, node.Node.Metadata.Current.Topics["t"].Partitions.Length);
    }

    [Fact]
    public async Task Stopping_answers_a_waiting_fetch_and_then_closes_the_connection()
    {
        var node = await TestNode.StartAsync();
        await node.Broker.EnsureTopicAsync("t", 1);
        using var client = node.Connect();
        await client.SendAsync(new FetchRequest { MaxWaitMs = 60000, MinBytes = 1, MaxBytes = 1000, Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, PartitionMaxBytes = 1000 }] }] }, 12);
        await node.Broker.StopAsync();
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await client.ReceiveAsync<FetchResponse>(12)).Response.Responses[0].Partitions[0].ErrorCode);
        Assert.Null(await client.ReceiveFrameAsync());
        await node.Broker.Ended;
    }

    [Fact]
    public async Task A_new_time_for_which_producers_are_remembered_holds_while_the_node_runs()
    {
        await using var node = await TestNode.StartAsync(("connections.max.idle.ms", "-1"));
        await node.Broker.EnsureTopicAsync("t", 1);
        using var client = node.Connect();
        using var batch = new RecordBatchBuilder { ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0 };
        batch.Append(node.Clock.GetUtcNow().ToUnixTimeMilliseconds(), "k"u8.ToArray(), "v"u8.ToArray());
        var records = new MemoryRecords(batch.BuildArray());
        var request = new ProduceRequest { Acks = 1, TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = records }] }] };
        Assert.Equal(ErrorCode.None, (await client.CallAsync(request, 9)).Responses[0].PartitionResponses[0].ErrorCode);
        node.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Single(await ProducersAsync());
        var change = new IncrementalAlterConfigsRequest
        {
            Resources = [new() { ResourceType = 4, ResourceName = "", Configs = [new() { Name = "producer.id.expiration.ms", Value = "600000" }] }],
        };
        Assert.Equal(ErrorCode.None, (await client.CallAsync(change, 1)).Responses[0].ErrorCode);
        node.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Empty(await ProducersAsync());

        async Task<List<DescribeProducersResponse.ProducerState>> ProducersAsync()
            => (await client.CallAsync(new DescribeProducersRequest { Topics = [new() { Name = "t", PartitionIndexes = [0] }] }, 0)).Topics[0].Partitions[0].ActiveProducers;
    }

    [Fact]
    public async Task Producer_ids_are_not_given_again_after_a_restart()
    {
        var node = await TestNode.StartAsync();
        using (var client = node.Connect())
        {
            Assert.Equal(1, (await client.CallAsync(new InitProducerIdRequest { TransactionalId = null }, 4)).ProducerId);
        }

        await node.DisposeAsync();
        await using var again = await TestNode.StartAsync(node.Disk, node.Clock, []);
        using var other = again.Connect();
        Assert.Equal(1000, (await other.CallAsync(new InitProducerIdRequest { TransactionalId = null }, 4)).ProducerId);
    }

    [Fact]
    public async Task A_deleted_topic_loses_its_files_after_the_delay()
    {
        await using var node = await TestNode.StartAsync();
        await node.Broker.EnsureTopicAsync("t", 1);
        await node.Node.Cluster.Controller.DeleteTopicsAsync([new() { Name = "t" }], _ => Ouzel.Broker.Cluster.DeletionRight.Full);
        Assert.Contains(node.Disk.ListDirectories("/data"), d => d.EndsWith("-delete", StringComparison.Ordinal));
        node.Clock.AdvanceMs(70000);
        Assert.DoesNotContain(node.Disk.ListDirectories("/data"), d => d.StartsWith("t-", StringComparison.Ordinal) || d.EndsWith("-delete", StringComparison.Ordinal));
    }

    private static async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(WireClient client, params string[] values)
    {
        var request = new ProduceRequest { Acks = -1, TopicData = [new() { Name = "t", PartitionData = [new() { Index = 1, Records = new Protocol.Records.MemoryRecords(Batches.Of(values)) }] }] };
        return (await client.CallAsync(request, 9)).Responses[0].PartitionResponses[0];
    }
}
