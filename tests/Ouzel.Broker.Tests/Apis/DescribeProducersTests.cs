using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DescribeProducersTests
{
    [Fact]
    public async Task Producers_with_an_id_are_told_with_their_last_sequence_and_open_transaction()
    {
        using var node = new DataNode();
        using var client = node.Connect();
        await node.CreateTopicAsync("t");
        node.PartitionOf("t").AppendAsLeader(Batches.Of("no id"), LogAppendOrigin.Client, false, node.NowMs);
        node.PartitionOf("t").AppendAsLeader(Batches.Of(9, 3, 0, false, "a", "b"), LogAppendOrigin.Client, false, node.NowMs);
        node.PartitionOf("t").AppendAsLeader(Batches.Of(10, 0, 0, true, "c"), LogAppendOrigin.Client, false, node.NowMs);
        var request = new DescribeProducersRequest { Topics = [new() { Name = "t", PartitionIndexes = [0, 8] }, new() { Name = "ghost", PartitionIndexes = [0] }] };
        var response = await client.CallAsync(request, 0);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition], response.Topics.SelectMany(t => t.Partitions).Select(p => p.ErrorCode));
        Assert.Equal(
            [(9L, 3, 1, -1L), (10L, 0, 0, 3L)],
            response.Topics[0].Partitions[0].ActiveProducers.OrderBy(p => p.ProducerId).Select(p => (p.ProducerId, p.ProducerEpoch, p.LastSequence, p.CurrentTxnStartOffset)));
    }

    [Fact]
    public async Task What_it_takes_is_charged_before_it_is_made()
    {
        await using var node = await TestNode.StartAsync();
        await node.Broker.EnsureTopicAsync("t", 1);
        Assert.True(node.Node.Partitions.TryGet(new TopicPartition("t", 0), out var partition));
        for (var producer = 0; producer < 400; producer++)
        {
            Assert.Equal(ErrorCode.None, partition.AppendAsLeader(Batches.Of(producer, 0, 0, false, "v"), LogAppendOrigin.Client, false, node.Clock.GetUtcNow().ToUnixTimeMilliseconds()).Error);
        }

        await UnreadResponse.IsChargedAsync(node, new DescribeProducersRequest { Topics = [new() { Name = "t", PartitionIndexes = [0] }] }, 0);
    }
}
