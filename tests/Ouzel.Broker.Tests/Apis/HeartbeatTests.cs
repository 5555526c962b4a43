using Ouzel.Broker.Tests.Groups;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class HeartbeatTests
{
    [Fact]
    public async Task Every_version_answers_a_member_and_refuses_a_stranger()
    {
        await using var wire = await WireGroup.StartAsync();
        await wire.SettleAsync();
        for (short v = 0; v <= 4; v++)
        {
            Assert.Equal(ErrorCode.None, await BeatAsync(v, wire.MemberId));
            Assert.Equal(ErrorCode.UnknownMemberId, await BeatAsync(v, "x"));
        }

        async Task<ErrorCode> BeatAsync(short version, string member) =>
            (await wire.Client.CallAsync(new HeartbeatRequest { GroupId = "g", GenerationId = 1, MemberId = member }, version)).ErrorCode;
    }

    [Fact]
    public async Task A_session_ends_by_the_nodes_clock()
    {
        await using var wire = await WireGroup.StartAsync();
        await wire.SettleAsync();
        wire.Node.Clock.AdvanceMs(10_001);
        var request = new HeartbeatRequest { GroupId = "g", GenerationId = 1, MemberId = wire.MemberId };
        Assert.Equal(ErrorCode.UnknownMemberId, (await wire.Client.CallAsync(request, 4)).ErrorCode);
    }
}
