using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Tests.Admin;

/// <summary>Brokers that say "not here": calls go on to the one that is meant.</summary>
public sealed class RoutingTests
{
    [Fact]
    public async Task A_call_follows_the_controller()
    {
        var cluster = new ScriptedCluster(brokers: 2);
        var controller = 1;
        cluster.On(ApiKey.Metadata, asked =>
        {
            var metadata = cluster.Metadata(asked.Read<MetadataRequest>());
            metadata.ControllerId = controller;
            return metadata;
        });
        cluster.On(ApiKey.CreateTopics, asked => new Answer
        {
            Response = new CreateTopicsResponse { Topics = [new() { Name = "a", ErrorCode = asked.BrokerId == controller ? ErrorCode.None : ErrorCode.NotController }] },
        });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        controller = 2;

        await client.Admin.Topics.CreateAsync(new NewTopic("a"));

        Assert.Equal([1, 2], cluster.Log.Where(a => a.Key == ApiKey.CreateTopics).Select(a => a.BrokerId));
    }

    [Theory]
    [InlineData(ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.CoordinatorLoadInProgress)]
    public async Task A_call_follows_the_coordinator(ErrorCode says)
    {
        var cluster = new ScriptedCluster(brokers: 2);
        var coordinator = 1;
        cluster.On(ApiKey.FindCoordinator, asked => new Answer
        {
            Response = new FindCoordinatorResponse { Coordinators = [new() { Key = asked.Read<FindCoordinatorRequest>().CoordinatorKeys[0], NodeId = coordinator, Host = "script", Port = coordinator }] },
        });
        cluster.On(ApiKey.DeleteGroups, asked =>
        {
            coordinator = 2;
            return new Answer { Response = new DeleteGroupsResponse { Results = [new() { GroupId = "g", ErrorCode = asked.BrokerId == 2 ? ErrorCode.None : says }] } };
        });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());

        var result = await client.Admin.Groups.DeleteAsync(["g"]);

        Assert.True(result["g"].IsOk);
        Assert.Equal([1, 2], cluster.Log.Where(a => a.Key == ApiKey.DeleteGroups).Select(a => a.BrokerId));
    }

    [Fact]
    public async Task A_partition_that_moved_is_asked_of_its_new_leader_and_the_others_are_not_asked_again()
    {
        var cluster = new ScriptedCluster(brokers: 2);
        cluster.Leaders["a"] = [1, 1];
        cluster.On(ApiKey.ListOffsets, asked =>
        {
            var wanted = asked.Read<ListOffsetsRequest>().Topics[0].Partitions;
            cluster.Leaders["a"] = [1, 2];
            cluster.LeaderEpoch = 2;
            return new Answer
            {
                Response = new ListOffsetsResponse
                {
                    Topics = [new() { Name = "a", Partitions = [.. wanted.Select(p => new ListOffsetsResponse.ListOffsetsPartitionResponse
                    {
                        PartitionIndex = p.PartitionIndex,
                        ErrorCode = cluster.Leaders["a"][p.PartitionIndex] == asked.BrokerId ? ErrorCode.None : ErrorCode.NotLeaderOrFollower,
                        Offset = 10 + p.PartitionIndex,
                    })] }],
                },
            };
        });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        var (first, second) = (new TopicPartition("a", 0), new TopicPartition("a", 1));

        var offsets = await client.Admin.Records.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [first] = OffsetSpec.Latest, [second] = OffsetSpec.Latest });

        Assert.Equal((10, 11), (offsets[first].ValueOrThrow().Offset, offsets[second].ValueOrThrow().Offset));
        Assert.Equal([(1, 2), (2, 1)], cluster.Log.Where(a => a.Key == ApiKey.ListOffsets).Select(a => (a.BrokerId, a.Read<ListOffsetsRequest>().Topics[0].Partitions.Count)));
    }
}
