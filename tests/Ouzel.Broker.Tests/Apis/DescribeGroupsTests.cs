using Ouzel.Broker.Tests.Groups;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DescribeGroupsTests
{
    [Fact]
    public async Task Every_version_shows_a_stable_group_and_an_unknown_one()
    {
        await using var wire = await WireGroup.StartAsync();
        await wire.SettleAsync();
        for (short v = 0; v <= 6; v++)
        {
            var r = await wire.Client.CallAsync(new DescribeGroupsRequest { Groups = ["unknown", "g"] }, v);
            DescribeGroupsResponse.DescribedGroup unknown = r.Groups[0], g = r.Groups[1];
            Assert.Equal(("unknown", "Dead", "", v >= 6 ? ErrorCode.GroupIdNotFound : ErrorCode.None), (unknown.GroupId, unknown.GroupState, unknown.ProtocolType, unknown.ErrorCode));
            Assert.Equal(v >= 6, unknown.ErrorMessage is not null);
            Assert.Equal(("Stable", "consumer", "range", int.MinValue), (g.GroupState, g.ProtocolType, g.ProtocolData, g.AuthorizedOperations));
            var m = Assert.Single(g.Members);
            Assert.Equal((wire.MemberId, "client", "/127.0.0.1"), (m.MemberId, m.ClientId, m.ClientHost));
            Assert.Equal([1, 2], m.MemberMetadata.ToArray());
            Assert.Equal([7, 8], m.MemberAssignment.ToArray());
        }
    }

    [Theory]
    [InlineData(3, 3400)]
    [InlineData(5, 3400)]
    [InlineData(6, int.MinValue)]
    public async Task Allowed_operations_are_told_when_asked_for(short version, int ofAnUnknownGroup)
    {
        await using var wire = await WireGroup.StartAsync();
        await wire.SettleAsync();
        var r = await wire.Client.CallAsync(new DescribeGroupsRequest { Groups = ["g", "unknown"], IncludeAuthorizedOperations = true }, version);
        Assert.Equal([3400, ofAnUnknownGroup], r.Groups.Select(g => g.AuthorizedOperations));
    }

    [Fact]
    public async Task The_wrong_coordinator_names_no_state()
    {
        await using var node = await TestNode.StartAsync();
        using var client = node.Connect();
        var r = await client.CallAsync(new DescribeGroupsRequest { Groups = ["g"] }, 5);
        Assert.Equal((ErrorCode.NotCoordinator, ""), (r.Groups[0].ErrorCode, r.Groups[0].GroupState));
    }

    [Fact]
    public async Task What_it_takes_is_charged_before_it_is_made()
    {
        await using var wire = await WireGroup.StartAsync();
        await wire.SettleAsync(metadata: new byte[20_000]);
        await UnreadResponse.IsChargedAsync(wire.Node, new DescribeGroupsRequest { Groups = ["g"] }, 5);
    }
}
