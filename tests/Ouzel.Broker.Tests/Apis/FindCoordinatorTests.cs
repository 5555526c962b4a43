using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Tests.Groups;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

public sealed class FindCoordinatorTests
{
    [Fact]
    public async Task Every_version_names_this_node_and_makes_the_topic()
    {
        await using var node = await TestNode.StartAsync();
        using var client = node.Connect();
        for (short v = 0; v <= 3; v++)
        {
            var r = await client.CallAsync(new FindCoordinatorRequest { Key = "g" }, v);
            Assert.Equal((ErrorCode.None, 1, "127.0.0.1", 9092), (r.ErrorCode, r.NodeId, r.Host, r.Port));
        }

        for (short v = 4; v <= 6; v++)
        {
            var r = await client.CallAsync(new FindCoordinatorRequest { CoordinatorKeys = ["b", "", "a b/c ü"] }, v);
            Assert.Equal(["b", "", "a b/c ü"], r.Coordinators.Select(c => c.Key));
            Assert.All(r.Coordinators, c => Assert.Equal((ErrorCode.None, 1, "127.0.0.1", 9092, ""), (c.ErrorCode, c.NodeId, c.Host, c.Port, c.ErrorMessage)));
        }

        Assert.Equal(50, node.Node.Metadata.Current.Topics["__consumer_offsets"].Partitions.Length);
    }

    [Fact]
    public async Task Who_is_told_of_a_coordinator_is_not_sent_away_by_it()
    {
        await using var node = await TestNode.StartAsync();
        using var client = node.Connect();
        await client.CallAsync(new FindCoordinatorRequest { Key = "g" }, 3);
        Assert.Equal(ErrorCode.UnknownMemberId, (await client.CallAsync(new HeartbeatRequest { GroupId = "g", MemberId = "x" }, 4)).ErrorCode);
    }

    [Fact]
    public async Task A_transactional_id_has_its_own_topic()
    {
        await using var node = await TestNode.StartAsync();
        using var client = node.Connect();
        Assert.Equal(1, (await client.CallAsync(new FindCoordinatorRequest { Key = "x", KeyType = 1 }, 1)).NodeId);
        Assert.True(node.Node.Metadata.Current.Topics.ContainsKey("__transaction_state"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(-1)]
    public async Task A_key_type_that_nobody_serves_is_an_error_per_key(sbyte type)
    {
        using var api = Serve(ClusterImage.Empty, canMake: true);
        Assert.Equal(ErrorCode.InvalidRequest, (await api.CallAsync(new FindCoordinatorRequest { Key = "x", KeyType = type }, 3)).ErrorCode);
        var r = await api.CallAsync(new FindCoordinatorRequest { CoordinatorKeys = ["a", "b"], KeyType = type }, 6);
        Assert.All(r.Coordinators, c => Assert.Equal((ErrorCode.InvalidRequest, -1, "", -1), (c.ErrorCode, c.NodeId, c.Host, c.Port)));
        Assert.Equal(2, r.Coordinators.Count);
    }

    [Fact]
    public async Task Without_the_topic_there_is_no_coordinator_yet()
    {
        using var api = Serve(ClusterImage.Empty, canMake: false);
        var r = await api.CallAsync(new FindCoordinatorRequest { Key = "g" }, 3);
        Assert.Equal((ErrorCode.CoordinatorNotAvailable, -1, "", -1), (r.ErrorCode, r.NodeId, r.Host, r.Port));
    }

    [Fact]
    public async Task A_partition_whose_leader_is_not_there_has_no_coordinator()
    {
        Uuid id = new(1, 2);
        var image = ClusterImage.Empty
            .Apply(ClusterRecord.Of(new TopicRecord { Name = "__consumer_offsets", TopicId = id }), 0, 1, 0)
            .Apply(ClusterRecord.Of(new PartitionRecord { TopicId = id, PartitionId = 0, Replicas = [2], Isr = [2], Leader = 2, LeaderEpoch = 0, PartitionEpoch = 0 }, new MetadataVersion(MetadataVersion.LevelMax)), 1, 1, 0);
        using var api = Serve(image, canMake: true);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await api.CallAsync(new FindCoordinatorRequest { Key = "g" }, 3)).ErrorCode);
    }

    [Fact]
    public async Task Who_is_on_a_disk_that_failed_has_no_coordinator_and_the_others_have()
    {
        var disk = new FaultyDisk(new Random(1));
        await using var node = await TestNode.StartAsync(disk, null, [("log.dirs", "/data1,/data2"), ("offsets.topic.num.partitions", "2")]);
        await using var wire = await WireGroup.StartAsync(node, "t");
        var groups = Enumerable.Range(0, 20).Select(i => $"group {i}").ToLookup(DirectoryOf);
        string lost = groups["/data2"].First(), kept = groups["/data1"].First();
        disk.WriteFailures = 1;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await wire.CommitAsync("t", 1, group: lost));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await wire.Client.CallAsync(new FindCoordinatorRequest { Key = lost }, 3)).ErrorCode);
        Assert.Equal(ErrorCode.NotCoordinator, (await wire.Client.CallAsync(new HeartbeatRequest { GroupId = lost }, 3)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await wire.Client.CallAsync(new FindCoordinatorRequest { Key = kept }, 3)).ErrorCode);
        Assert.Equal(ErrorCode.None, await wire.CommitAsync("t", 1, group: kept));
        var listed = await wire.Client.CallAsync(new ListGroupsRequest(), 3);
        Assert.Equal((ErrorCode.None, kept), (listed.ErrorCode, Assert.Single(listed.Groups).GroupId));

        string DirectoryOf(string group)
        {
            Assert.True(node.Node.Partitions.TryGet(new TopicPartition("__consumer_offsets", CoordinatorPartition.Of(group, 2)), out var partition));
            return partition.Directory.Path;
        }
    }

    private static ServedApi<FindCoordinatorRequest, FindCoordinatorResponse> Serve(ClusterImage image, bool canMake) => new(
        new FindCoordinatorApi(new MetadataCache { Current = image }, _ => new(canMake), new BrokerAddresses(BrokerOptions.Of([])), (_, _, _) => false), 0, 6);
}
