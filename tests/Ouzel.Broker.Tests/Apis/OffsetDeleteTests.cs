using Ouzel.Broker.Tests.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class OffsetDeleteTests
{
    [Fact]
    public async Task Chosen_offsets_go_and_unknown_partitions_fail_alone()
    {
        await using WireGroup wire = await WireGroup.StartAsync("t");
        await wire.CommitAsync("t", 1);
        await wire.CommitAsync("t", 2, partition: 1);
        OffsetDeleteResponse r = await DeleteAsync(wire, "g", "t", 0, 9);
        Assert.Equal([(0, ErrorCode.None), (9, ErrorCode.UnknownTopicOrPartition)], r.Topics[0].Partitions.Select(p => (p.PartitionIndex, p.ErrorCode)));
        Assert.Equal((-1, 2), (await wire.PositionAsync("t"), await wire.PositionAsync("t", 1)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await DeleteAsync(wire, "g", "ghost", 0)).Topics[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData("unknown", ErrorCode.GroupIdNotFound)]
    [InlineData("", ErrorCode.InvalidGroupId)]
    public async Task Without_a_group_the_error_is_on_top(string group, ErrorCode expected)
    {
        await using WireGroup wire = await WireGroup.StartAsync("t");
        OffsetDeleteResponse r = await DeleteAsync(wire, group, "t", 0);
        Assert.Equal((expected, 0), (r.ErrorCode, r.Topics.Count));
    }

    private static Task<OffsetDeleteResponse> DeleteAsync(WireGroup wire, string group, string topic, params int[] partitions) => wire.Client.CallAsync(
        new OffsetDeleteRequest
        {
            GroupId = group,
            Topics = [new() { Name = topic, Partitions = [.. partitions.Select(p => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = p })] }],
        },
        0);
}
