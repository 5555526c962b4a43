using Ouzel.Broker.Tests.Golden;
using Ouzel.Broker.Tests.Groups;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class OffsetCommitTests
{
    [Fact]
    public async Task Every_version_stores_the_offset()
    {
        await using var wire = await WireGroup.StartAsync("t");
        for (short v = 0; v <= 10; v++)
        {
            Assert.Equal((ErrorCode.None, 100L + v), (await wire.CommitAsync("t", 100 + v, v), await wire.PositionAsync("t")));
        }
    }

    [Theory]
    [InlineData(8, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(10, ErrorCode.UnknownTopicId)]
    public async Task What_does_not_exist_fails_alone_and_makes_no_group(short version, ErrorCode expected)
    {
        await using var wire = await WireGroup.StartAsync("t");
        Assert.Equal(expected, await wire.CommitAsync("ghost", 1, version));
        Assert.Empty((await wire.Client.CallAsync(new ListGroupsRequest(), 0)).Groups);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await wire.CommitAsync("t", 1, version, partition: 2));
    }

    [Fact]
    public async Task One_answer_mixes_what_does_not_exist_with_the_groups_refusal_behind_it()
    {
        await using var wire = await WireGroup.StartAsync("t");
        var request = new OffsetCommitRequest
        {
            GroupId = "g",
            GenerationIdOrMemberEpoch = 3,
            MemberId = "x",
            Topics = [new() { Name = "ghost", Partitions = [new()] }, new() { Name = "t", Partitions = [new() { PartitionIndex = 1 }, new() { PartitionIndex = 7 }] }],
        };
        var r = await wire.Client.CallAsync(request, 9);
        Assert.Equal(
            [("ghost", 0, ErrorCode.UnknownTopicOrPartition), ("t", 7, ErrorCode.UnknownTopicOrPartition), ("t", 1, ErrorCode.GroupIdNotFound)],
            r.Topics.SelectMany(t => t.Partitions.Select(p => (t.Name, p.PartitionIndex, p.ErrorCode))));
    }

    [Fact]
    public async Task A_topic_without_partitions_is_not_in_the_answer()
    {
        await using var wire = await WireGroup.StartAsync("t", "u");
        var request = new OffsetCommitRequest
        {
            GroupId = "g",
            GenerationIdOrMemberEpoch = -1,
            Topics = [new() { Name = "t" }, new() { Name = "u", Partitions = [new() { CommittedOffset = 3 }] }],
        };
        Assert.Equal(["u"], (await wire.Client.CallAsync(request, 8)).Topics.Select(t => t.Name));
        request.Topics.RemoveAt(1);
        Assert.Empty((await wire.Client.CallAsync(request, 8)).Topics);
    }

    [Fact]
    public async Task The_oldest_clients_need_not_look_for_a_coordinator()
    {
        await using var node = await TestNode.StartAsync(("auto.create.topics.enable", "true"));
        using var client = node.Connect();
        await client.CallAsync(new CreateTopicsRequest { Topics = [new() { Name = "t", NumPartitions = 1, ReplicationFactor = 1 }] }, 5);
        var fetch = new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0] }] };
        var none = await client.CallAsync(fetch, 0);
        Assert.Equal((-1, ErrorCode.None), (none.Topics[0].Partitions[0].CommittedOffset, none.Topics[0].Partitions[0].ErrorCode));
        var commit = new OffsetCommitRequest { GroupId = "g", Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = 4 }] }] };
        Assert.Equal(ErrorCode.None, (await client.CallAsync(commit, 0)).Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(4, (await client.CallAsync(fetch, 0)).Topics[0].Partitions[0].CommittedOffset);
    }

    [Fact]
    public async Task Offsets_and_members_are_there_after_a_restart()
    {
        await using var wire = await WireGroup.StartAsync("t");
        await wire.SettleAsync("live");
        await wire.CommitAsync("t", 5);
        await wire.Node.DisposeAsync();
        await using var node = await TestNode.StartAsync(wire.Node.Disk, wire.Node.Clock, [("offsets.topic.num.partitions", "5")]);
        await using var again = await WireGroup.StartAsync(node);
        Assert.Equal(5, await again.PositionAsync("t"));
        var beat = new HeartbeatRequest { GroupId = "live", GenerationId = 1, MemberId = wire.MemberId };
        Assert.Equal(ErrorCode.None, (await again.Client.CallAsync(beat, 4)).ErrorCode);
    }

    [Fact]
    public async Task One_line_tells_of_all_partitions_that_were_read()
    {
        await using var wire = await WireGroup.StartAsync("t");
        for (var i = 0; i < 9; i++)
        {
            await wire.CommitAsync("t", 1, group: $"g{i}");
            await wire.CommitAsync("t", 1, group: $"g{i}", partition: 1);
        }

        await wire.Node.DisposeAsync();
        var heard = new HeardLog();
        await using var node = await TestNode.StartAsync(wire.Node.Disk, wire.Node.Clock, [("offsets.topic.num.partitions", "5")], heard);
        await using var again = await WireGroup.StartAsync(node);
        Assert.Equal(
            ["Coordinating the groups of 5 partitions of __consumer_offsets: 9 groups with 18 offsets, read in 0 ms"],
            heard.Lines.ToArray().Select(l => l.Text).Where(t => t.StartsWith("Coordinating", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Offsets_go_with_their_topic()
    {
        await using var wire = await WireGroup.StartAsync("t", "u");
        await wire.CommitAsync("t", 5);
        await wire.CommitAsync("u", 7);
        await wire.Client.CallAsync(new DeleteTopicsRequest { TopicNames = ["t"], TimeoutMs = 10_000 }, 4);
        Assert.Equal((-1, 7), (await wire.PositionAsync("t"), await wire.PositionAsync("u")));
    }
}
