using Ouzel.Broker.Tests.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class OffsetDeleteTests
{
    [Fact]
    public async Task Chosen_offsets_go_and_unknown_partitions_fail_alone()
    {
        await using var wire = await WireGroup.StartAsync("t");
        await wire.CommitAsync("t", 1);
        await wire.CommitAsync("t", 2, partition: 1);
        var r = await DeleteAsync(wire, "g", "t", 0, 9);
        Assert.Equal([(9, ErrorCode.UnknownTopicOrPartition), (0, ErrorCode.None)], r.Topics[0].Partitions.Select(p => (p.PartitionIndex, p.ErrorCode)));
        Assert.Equal((-1, 2), (await wire.PositionAsync("t"), await wire.PositionAsync("t", 1)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await DeleteAsync(wire, "g", "ghost", 0)).Topics[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData("unknown", ErrorCode.GroupIdNotFound)]
    [InlineData("", ErrorCode.InvalidGroupId)]
    public async Task Without_a_group_the_error_is_on_top(string group, ErrorCode expected)
    {
        await using var wire = await WireGroup.StartAsync("t");
        foreach (var (topic, partition) in new[] { ("t", 0), ("t", 9), ("ghost", 0) })
        {
            var r = await DeleteAsync(wire, group, topic, partition);
            Assert.Equal((expected, 0), (r.ErrorCode, r.Topics.Count));
        }
    }

    [Fact]
    public async Task Unknown_partitions_come_first_a_topic_named_twice_stands_once_and_one_without_partitions_not_at_all()
    {
        await using var wire = await WireGroup.StartAsync("t", "u");
        await wire.CommitAsync("t", 1);
        var request = new OffsetDeleteRequest { GroupId = "g", Topics = [Topic("u"), Topic("t", 0, 9), Topic("ghost", 0), Topic("t", 1)] };
        var r = await wire.Client.CallAsync(request, 0);
        Assert.Equal(
            [("t", 9, ErrorCode.UnknownTopicOrPartition), ("t", 0, ErrorCode.None), ("t", 1, ErrorCode.None), ("ghost", 0, ErrorCode.UnknownTopicOrPartition)],
            r.Topics.SelectMany(t => t.Partitions.Select(p => (t.Name, p.PartitionIndex, p.ErrorCode))));
        Assert.Equal(["t", "ghost"], r.Topics.Select(t => t.Name));
    }

    private static OffsetDeleteRequest.OffsetDeleteRequestTopic Topic(string name, params int[] partitions) =>
        new() { Name = name, Partitions = [.. partitions.Select(p => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = p })] };

    private static Task<OffsetDeleteResponse> DeleteAsync(WireGroup wire, string group, string topic, params int[] partitions) => wire.Client.CallAsync(
        new OffsetDeleteRequest
        {
            GroupId = group,
            Topics = [new() { Name = topic, Partitions = [.. partitions.Select(p => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = p })] }],
        },
        0);
}
