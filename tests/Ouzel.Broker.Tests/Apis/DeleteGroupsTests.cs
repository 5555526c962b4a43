using Ouzel.Broker.Tests.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DeleteGroupsTests
{
    [Fact]
    public async Task A_living_group_is_refused_an_unknown_one_told_so_and_the_rest_goes()
    {
        await using var wire = await WireGroup.StartAsync("t");
        await wire.SettleAsync();
        for (short v = 0; v <= 3; v++)
        {
            await wire.CommitAsync("t", 2, group: "e");
            var r = await wire.Client.CallAsync(new DeleteGroupsRequest { GroupsNames = ["g", "e", "unknown"] }, v);
            Assert.Equal(
                [("g", ErrorCode.NonEmptyGroup), ("e", ErrorCode.None), ("unknown", ErrorCode.GroupIdNotFound)],
                r.Results.Select(x => (x.GroupId, x.ErrorCode)));
            Assert.All(r.Results, x => Assert.Null(x.ErrorMessage));
            Assert.Equal(-1, await wire.PositionAsync("t", group: "e"));
        }
    }

    [Fact]
    public async Task A_group_named_twice_is_answered_once()
    {
        await using var wire = await WireGroup.StartAsync("t");
        await wire.CommitAsync("t", 2, group: "e");
        var r = await wire.Client.CallAsync(new DeleteGroupsRequest { GroupsNames = ["e", "f", "e"] }, 2);
        Assert.Equal([("e", ErrorCode.None), ("f", ErrorCode.GroupIdNotFound)], r.Results.Select(x => (x.GroupId, x.ErrorCode)));
    }
}
