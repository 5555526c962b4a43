using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

public sealed class OffsetForLeaderEpochTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task An_epoch_ends_where_the_next_begins_and_the_present_one_at_the_end_of_the_log(short version)
    {
        using var node = new DataNode();
        using var client = node.Connect();
        await node.CreateTopicAsync("t");
        node.PartitionOf("t").AppendAsLeader(Batches.Of("a", "b"), LogAppendOrigin.Client, false, node.NowMs);
        await node.ChangeLeaderAsync("t", 0, leader: 1);
        node.PartitionOf("t").AppendAsLeader(Batches.Of("c"), LogAppendOrigin.Client, false, node.NowMs);
        Assert.Equal([(ErrorCode.None, 0, 2L), (ErrorCode.None, 1, 3L), (ErrorCode.None, -1, -1L), (ErrorCode.None, -1, -1L)], await AskAsync(client, version, -1, 0, 1, 2, -1));
        Assert.Equal([(ErrorCode.FencedLeaderEpoch, -1, -1L)], await AskAsync(client, version, 0, 0));
        Assert.Equal([(ErrorCode.UnknownLeaderEpoch, -1, -1L)], await AskAsync(client, version, 2, 0));
    }

    [Fact]
    public async Task An_unknown_partition_is_told_by_itself()
    {
        using var node = new DataNode();
        using var client = node.Connect();
        Assert.Equal([(ErrorCode.UnknownTopicOrPartition, -1, -1L)], await AskAsync(client, 4, -1, 0));
    }

    private static async Task<List<(ErrorCode, int, long)>> AskAsync(WireClient client, short version, int current, params int[] epochs)
    {
        List<(ErrorCode, int, long)> answers = [];
        foreach (var epoch in epochs)
        {
            var request = new OffsetForLeaderEpochRequest { ReplicaId = -1, Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, CurrentLeaderEpoch = current, LeaderEpoch = epoch }] }] };
            var told = (await client.CallAsync(request, version)).Topics[0].Partitions[0];
            answers.Add((told.ErrorCode, told.LeaderEpoch, told.EndOffset));
        }

        return answers;
    }
}
