using Ouzel.Broker.Tests.Groups;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class ListGroupsTests
{
    [Fact]
    public async Task Every_version_lists_the_groups_of_all_partitions()
    {
        await using var wire = await WireGroup.StartAsync("t");
        await wire.SettleAsync();
        for (var i = 0; i < 10; i++)
        {
            await wire.CommitAsync("t", 1, group: $"s{i}");
        }

        for (short v = 0; v <= 5; v++)
        {
            var r = await wire.Client.CallAsync(new ListGroupsRequest(), v);
            Assert.Equal((ErrorCode.None, 11), (r.ErrorCode, r.Groups.Count));
            var g = r.Groups.Single(x => x.GroupId == "g");
            Assert.Equal(("consumer", v >= 4 ? "Stable" : "", v >= 5 ? "classic" : ""), (g.ProtocolType, g.GroupState, g.GroupType));
        }
    }

    [Theory]
    [InlineData("Stable", "", "g")]
    [InlineData("stable,EMPTY", "", "g,s")]
    [InlineData("Sleeping", "", "")]
    [InlineData("Sleeping,empty", "", "s")]
    [InlineData("", "Classic", "g,s")]
    [InlineData("", "consumer", "")]
    [InlineData("", "whatever", "")]
    public async Task Filters_ignore_case_and_unknown_words(string states, string types, string expected)
    {
        await using var wire = await WireGroup.StartAsync("t");
        await wire.SettleAsync();
        await wire.CommitAsync("t", 1, group: "s");
        var r = await wire.Client.CallAsync(new ListGroupsRequest { StatesFilter = Words(states), TypesFilter = Words(types) }, 5);
        Assert.Equal(Words(expected), r.Groups.Select(g => g.GroupId).Order());
        Assert.Equal(ErrorCode.None, r.ErrorCode);
    }

    private static List<string> Words(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries)];

    [Fact]
    public async Task What_it_takes_is_charged_before_it_is_made()
    {
        await using var wire = await WireGroup.StartAsync("t");
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(ErrorCode.None, await wire.CommitAsync("t", 1, group: $"{new string('g', 200)}{i}"));
        }

        await UnreadResponse.IsChargedAsync(wire.Node, new ListGroupsRequest(), 4);
    }
}
