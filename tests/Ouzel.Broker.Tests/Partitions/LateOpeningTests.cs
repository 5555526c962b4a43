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

    public void Dispose() => _node.Dispose();

    private async Task<Uuid> CreateWithoutDescriptorsAsync()
    {
        _disk.DescriptorsMax = 0;
        var id = await _node.CreateTopicAsync("t");
        Assert.False(_node.Partitions.TryGet(new TopicPartition("t", 0), out _));
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
