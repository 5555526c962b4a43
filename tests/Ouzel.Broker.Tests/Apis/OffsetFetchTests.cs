using Ouzel.Broker.Tests.Groups;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class OffsetFetchTests
{
    [Fact]
    public async Task Every_version_tells_what_is_committed_and_what_is_not()
    {
        await using var wire = await WireGroup.StartAsync("t");
        await wire.CommitAsync("t", 9, epoch: 2);
        for (short v = 0; v <= 7; v++)
        {
            var r = await wire.Client.CallAsync(new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0, 1] }] }, v);
            Assert.Equal(
                [(9L, v >= 5 ? 2 : -1, "m", ErrorCode.None), (-1L, -1, "", ErrorCode.None)],
                r.Topics[0].Partitions.Select(p => (p.CommittedOffset, p.CommittedLeaderEpoch, p.Metadata!, p.ErrorCode)));
        }

        for (short v = 8; v <= 10; v++)
        {
            var r = await FetchAsync(wire, v, ("g", "t"));
            Assert.Equal(
                [(9L, 2, "m", ErrorCode.None), (-1L, -1, "", ErrorCode.None)],
                r.Groups[0].Topics[0].Partitions.Select(p => (p.CommittedOffset, p.CommittedLeaderEpoch, p.Metadata!, p.ErrorCode)));
        }
    }

    [Fact]
    public async Task Null_topics_mean_everything()
    {
        await using var wire = await WireGroup.StartAsync("t", "u");
        await wire.CommitAsync("t", 1, partition: 1);
        await wire.CommitAsync("u", 5);
        var one = await wire.Client.CallAsync(new OffsetFetchRequest { GroupId = "g", Topics = null }, 7);
        Assert.Equal([("t", 1, 1L), ("u", 0, 5L)], one.Topics.SelectMany(t => t.Partitions.Select(p => (t.Name, p.PartitionIndex, p.CommittedOffset))));
        var byId = await wire.Client.CallAsync(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }] }, 10);
        Assert.Equal(
            [(wire.Image.Topics["t"].Id, 1L), (wire.Image.Topics["u"].Id, 5L)],
            byId.Groups[0].Topics.Select(t => (t.TopicId, t.Partitions[0].CommittedOffset)));
    }

    [Fact]
    public async Task Several_groups_are_answered_in_the_order_asked()
    {
        await using var wire = await WireGroup.StartAsync("t");
        await wire.CommitAsync("t", 1);
        await wire.CommitAsync("t", 3, group: "h");
        var r = await FetchAsync(wire, 8, ("h", "t"), ("nobody", "t"), ("g", "t"));
        Assert.Equal([("h", 3L), ("nobody", -1L), ("g", 1L)], r.Groups.Select(g => (g.GroupId, g.Topics[0].Partitions[0].CommittedOffset)));
    }

    [Fact]
    public async Task An_id_of_no_topic_is_an_error_of_its_partitions()
    {
        await using var wire = await WireGroup.StartAsync("t");
        await wire.CommitAsync("t", 6);
        var known = wire.Image.Topics["t"].Id;
        var request = new OffsetFetchRequest
        {
            Groups = [new() { GroupId = "g", Topics = [.. new[] { new Uuid(1, 1), known, Uuid.Zero }.Select(i => new OffsetFetchRequest.OffsetFetchRequestTopics { TopicId = i, PartitionIndexes = [0] })] }],
        };
        var r = await wire.Client.CallAsync(request, 10);
        Assert.Equal(ErrorCode.None, r.Groups[0].ErrorCode);
        Assert.Equal(
            [(-1L, ErrorCode.UnknownTopicId), (6L, ErrorCode.None), (-1L, ErrorCode.UnknownTopicId)],
            r.Groups[0].Topics.Select(t => (t.Partitions[0].CommittedOffset, t.Partitions[0].ErrorCode)));
    }

    [Fact]
    public async Task The_wrong_coordinator_is_told_where_the_version_has_room_for_it()
    {
        await using var node = await TestNode.StartAsync();
        using var client = node.Connect();
        var old = new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0] }] };
        var v1 = await client.CallAsync(old, 1);
        Assert.Equal((ErrorCode.NotCoordinator, -1L), (v1.Topics[0].Partitions[0].ErrorCode, v1.Topics[0].Partitions[0].CommittedOffset));
        var v5 = await client.CallAsync(old, 5);
        Assert.Equal((ErrorCode.NotCoordinator, 0), (v5.ErrorCode, v5.Topics.Count));
        var v8 = await client.CallAsync(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }] }, 8);
        Assert.Equal((ErrorCode.NotCoordinator, 0), (v8.Groups[0].ErrorCode, v8.Groups[0].Topics.Count));
    }

    private static Task<OffsetFetchResponse> FetchAsync(WireGroup wire, short version, params (string Group, string Topic)[] asked) => wire.Client.CallAsync(
        new OffsetFetchRequest
        {
            Groups =
            [
                .. asked.Select(a => new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = a.Group,
                    Topics = [new() { Name = a.Topic, TopicId = wire.Image.Topics[a.Topic].Id, PartitionIndexes = [0, 1] }],
                }),
            ],
        },
        version);

    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    public async Task What_all_offsets_take_is_charged_before_they_are_fetched(short version)
    {
        string[] topics = [.. Enumerable.Range(0, 10).Select(i => $"t{i}")];
        await using var wire = await WireGroup.StartAsync(topics);
        foreach (var topic in topics)
        {
            Assert.Equal(ErrorCode.None, await wire.CommitAsync(topic, 1, metadata: new string('m', 2_000)));
        }

        var request = version < 8 ? new OffsetFetchRequest { GroupId = "g", Topics = null } : new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }] };
        await UnreadResponse.IsChargedAsync(wire.Node, request, version);
    }
}
