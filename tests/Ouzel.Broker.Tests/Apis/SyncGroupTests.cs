using Ouzel.Broker.Tests.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class SyncGroupTests
{
    [Fact]
    public async Task Every_version_answers_the_part_and_from_5_the_protocol()
    {
        await using var wire = await WireGroup.StartAsync();
        await wire.SettleAsync();
        for (short v = 0; v <= 5; v++)
        {
            var r = await wire.SyncAsync(v);
            Assert.Equal((ErrorCode.None, v >= 5 ? "consumer" : null, v >= 5 ? "range" : null), (r.ErrorCode, r.ProtocolType, r.ProtocolName));
            Assert.Equal([7, 8], r.Assignment.ToArray());
        }
    }

    [Fact]
    public async Task An_error_has_no_protocol_and_no_part()
    {
        await using var wire = await WireGroup.StartAsync();
        var r = await wire.SyncAsync(5, "unknown");
        Assert.Equal((ErrorCode.UnknownMemberId, null, null, 0), (r.ErrorCode, r.ProtocolType, r.ProtocolName, r.Assignment.Length));
    }
}
