using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Partitions;

/// <summary>cordoned.log.dirs (KIP-1066): what is there is served, nothing new comes.</summary>
public sealed class CordonedDirectoryTests
{
    private static readonly (string, string)[] Settings = [("log.dirs", "/a,/b")];

    private static async Task<ErrorCode> CordonAsync(WireClient client, string? value, string broker = "1")
    {
        var request = new IncrementalAlterConfigsRequest
        {
            Resources = [new() { ResourceType = 4, ResourceName = broker, Configs = [new() { Name = "cordoned.log.dirs", ConfigOperation = (sbyte)(value is null ? 1 : 0), Value = value }] }],
        };
        return (await client.CallAsync(request, 1)).Responses[0].ErrorCode;
    }

    private static async Task<ErrorCode> CreateAsync(WireClient client, string name, int partitions = 1, bool byHand = false)
    {
        var topic = new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = byHand ? -1 : partitions, ReplicationFactor = (short)(byHand ? -1 : 1) };
        if (byHand)
        {
            topic.Assignments = [new() { PartitionIndex = 0, BrokerIds = [1] }];
        }

        return (await client.CallAsync(new CreateTopicsRequest { Topics = [topic], timeoutMs = 1000 }, 7)).Topics[0].ErrorCode;
    }

    private static async Task<ErrorCode> GrowAsync(WireClient client, string name, int count, bool byHand = false)
    {
        var topic = new CreatePartitionsRequest.CreatePartitionsTopic { Name = name, Count = count, Assignments = byHand ? [new() { BrokerIds = [1] }] : null };
        return (await client.CallAsync(new CreatePartitionsRequest { Topics = [topic], TimeoutMs = 1000 }, 3)).Results[0].ErrorCode;
    }

    private static async Task<List<bool>> ShownAsync(WireClient client)
        => [.. (await client.CallAsync(new DescribeLogDirsRequest { Topics = null }, 5)).Results.Select(r => r.IsCordoned)];

    [Fact]
    public async Task New_partitions_go_to_the_directories_that_are_not_cordoned()
    {
        await using var node = await TestNode.StartAsync(Settings);
        using var client = node.Connect();
        Assert.Equal(ErrorCode.None, await CreateAsync(client, "t", 2));
        Assert.Equal(ErrorCode.None, await CordonAsync(client, "/a"));
        Assert.Equal([true, false], await ShownAsync(client));
        Assert.Equal([node.Node.Directories.All[0].DirectoryId], node.Node.Metadata.Current.Brokers[1].CordonedDirectories);
        Assert.Equal(ErrorCode.None, await CreateAsync(client, "u", 5));
        Assert.Equal(5, node.Node.Directories.All[1].Logs.Count(log => log.Topic == "u"));
        Assert.Equal(ErrorCode.None, await CordonAsync(client, null));
        Assert.Equal([false, false], await ShownAsync(client));
        Assert.Empty(node.Node.Metadata.Current.Brokers[1].CordonedDirectories);
    }

    [Theory]
    [InlineData("/a,/b")]
    [InlineData("*")]
    public async Task With_all_of_them_cordoned_nothing_is_placed_and_what_is_there_goes_on(string all)
    {
        await using var node = await TestNode.StartAsync(Settings);
        using var client = node.Connect();
        await CreateAsync(client, "t");
        Assert.Equal(ErrorCode.None, await CordonAsync(client, all));
        Assert.Equal([true, true], await ShownAsync(client));
        Assert.Equal(ErrorCode.InvalidReplicationFactor, await CreateAsync(client, "u"));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, await CreateAsync(client, "u", byHand: true));
        Assert.Equal(ErrorCode.InvalidReplicationFactor, await GrowAsync(client, "t", 2));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, await GrowAsync(client, "t", 2, byHand: true));
        var produce = new ProduceRequest { Acks = -1, TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = new MemoryRecords(Batches.Of("v")) }] }] };
        Assert.Equal(ErrorCode.None, (await client.CallAsync(produce, 9)).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.None, await CordonAsync(client, ""));
        Assert.Equal(ErrorCode.None, await CreateAsync(client, "u"));
    }

    [Theory]
    [InlineData("/c", "1")]
    [InlineData("/a,/c", "1")]
    [InlineData("/a", "")]
    public async Task What_is_no_log_directory_and_a_common_setting_are_refused(string value, string broker)
    {
        await using var node = await TestNode.StartAsync(Settings);
        using var client = node.Connect();
        Assert.Equal(ErrorCode.InvalidRequest, await CordonAsync(client, value, broker));
        Assert.Equal([false, false], await ShownAsync(client));
    }

    [Fact]
    public async Task It_holds_over_a_restart_and_from_the_start()
    {
        var node = await TestNode.StartAsync(Settings);
        using (var client = node.Connect())
        {
            await CordonAsync(client, "/a");
        }

        await node.DisposeAsync();
        await using (var again = await TestNode.StartAsync(node.Disk, node.Clock, Settings))
        {
            using var client = again.Connect();
            Assert.Equal([true, false], await ShownAsync(client));
            Assert.Single(again.Node.Metadata.Current.Brokers[1].CordonedDirectories);
            await CordonAsync(client, null);
        }

        await using var given = await TestNode.StartAsync(node.Disk, node.Clock, [.. Settings, ("cordoned.log.dirs", "*")]);
        using var other = given.Connect();
        Assert.Equal(ErrorCode.InvalidReplicationFactor, await CreateAsync(other, "u"));
        Assert.Throws<SettingException>(() => BrokerOptions.Of(("log.dirs", "/a"), ("cordoned.log.dirs", "/x")));
    }
}
