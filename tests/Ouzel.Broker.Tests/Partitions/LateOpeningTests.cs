using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Partitions;

/// <summary>Partitions for which there was no descriptor when they were made.</summary>
public sealed class LateOpeningTests : IDisposable
{
    private readonly FaultyDisk _disk = new(new Random(1));
    private readonly DataNode _node;

    public LateOpeningTests() => _node = new DataNode(_disk);

    [Fact]
    public async Task A_partition_made_during_a_shortage_takes_a_producers_records_once_there_are_descriptors()
    {
        var id = await CreateWithoutDescriptorsAsync();
        Assert.Equal(ErrorCode.None, await ProduceAsync(id));
    }

    [Fact]
    public async Task A_partition_made_during_a_shortage_is_read_by_a_consumer_once_there_are_descriptors()
    {
        var id = await CreateWithoutDescriptorsAsync();
        using var client = _node.Connect();
        var part = new FetchRequest.FetchPartition { Partition = 0, PartitionMaxBytes = 5000, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 };
        var request = new FetchRequest { MaxBytes = 5000, SessionEpoch = -1, Topics = [new() { TopicId = id, Partitions = [part] }] };
        Assert.Equal(ErrorCode.None, (await client.CallAsync(request, 16)).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task A_topic_deleted_while_its_partition_is_opened_late_leaves_nothing_to_the_next_of_its_name()
    {
        await CreateWithoutDescriptorsAsync();
        var image = _node.Metadata.Current;

        // Whoever wants the partition has looked for its topic; then the topic goes.
        _node.OnSettingsAsked = () => _node.DeleteTopicAsync("t").GetAwaiter().GetResult();
        var error = _node.Partitions.Find(image, new TopicPartition("t", 0), -1, out _);
        Assert.NotEqual(ErrorCode.None, error);
        var next = await _node.CreateTopicAsync("t");
        Assert.Equal(next, _node.PartitionOf("t").TopicId);
        Assert.Equal(ErrorCode.None, await ProduceAsync(next));
    }

    [Fact]
    public async Task It_is_opened_on_a_thread_of_the_disk_and_whoever_wants_it_meanwhile_asks_again()
    {
        var disk = new FaultyDisk(new Random(1)) { DescriptorsMax = int.MaxValue };
        var work = new HeldWork();
        using var node = new DataNode(disk, work);
        disk.DescriptorsMax = 0;
        await node.CreateTopicAsync("t");
        disk.DescriptorsMax = int.MaxValue;
        node.Clock.AdvanceMs(2000);
        var name = new TopicPartition("t", 0);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, node.Partitions.Find(node.Metadata.Current, name, -1, out _));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, node.Partitions.Find(node.Metadata.Current, name, -1, out _));
        work.RunAll();
        Assert.Equal(ErrorCode.None, node.Partitions.Find(node.Metadata.Current, name, -1, out _));
    }

    [Fact]
    public async Task Groups_of_a_partition_that_is_opened_late_are_served_from_then_on()
    {
        using var groups = new GroupCoordinator(new GroupOptions(), _node.Metadata, new Random(1), _node.Clock, NullLoggerFactory.Instance, _node.Memory.Groups);
        _node.Listener = new CoordinatorListener(1, new CoordinatorTable([groups.Shards]), _node.Partitions, _node.Metadata, _node.Clock);
        var beat = new HeartbeatRequest { GroupId = "g", MemberId = "nobody" };
        await CreateWithoutDescriptorsAsync("__consumer_offsets");
        Assert.Equal(ErrorCode.NotCoordinator, (await groups.HeartbeatAsync(beat)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await groups.HeartbeatAsync(beat)).ErrorCode);
        Assert.False(groups.Shards.IsLost(0));
    }

    public void Dispose() => _node.Dispose();

    private async Task<Uuid> CreateWithoutDescriptorsAsync(string topic = "t")
    {
        _disk.DescriptorsMax = 0;
        var id = await _node.CreateTopicAsync(topic);
        Assert.False(_node.Partitions.TryGet(new TopicPartition(topic, 0), out _));
        _disk.DescriptorsMax = int.MaxValue;
        _node.Clock.AdvanceMs(2000);
        return id;
    }

    private async Task<ErrorCode> ProduceAsync(Uuid id)
    {
        using var client = _node.Connect();
        var part = new ProduceRequest.PartitionProduceData { Index = 0, Records = new MemoryRecords(Batches.Of("v")) };
        var request = new ProduceRequest { Acks = -1, TimeoutMs = 30_000, TopicData = [new() { TopicId = id, PartitionData = [part] }] };
        return (await client.CallAsync(request, 13)).Responses[0].PartitionResponses[0].ErrorCode;
    }
}
