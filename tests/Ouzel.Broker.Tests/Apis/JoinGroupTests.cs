using System.Net;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Groups;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class JoinGroupTests
{
    [Fact]
    public async Task Every_version_makes_the_first_member_the_leader()
    {
        await using var wire = await WireGroup.StartAsync();
        for (short v = 0; v <= 9; v++)
        {
            var r = await wire.JoinAsync(v, $"g{v}");
            if (v >= 4)
            {
                Assert.Equal((ErrorCode.MemberIdRequired, v >= 7 ? null : ""), (r.ErrorCode, r.ProtocolName));
                r = await wire.JoinAsync(v, $"g{v}", r.MemberId);
            }

            Assert.Equal((ErrorCode.None, 1, "range", r.MemberId, v >= 7 ? "consumer" : null), (r.ErrorCode, r.GenerationId, r.ProtocolName, r.Leader, r.ProtocolType));
            Assert.StartsWith("client-", r.MemberId, StringComparison.Ordinal);
            Assert.Equal([1, 2], Assert.Single(r.Members).Metadata.ToArray());
        }
    }

    [Fact]
    public async Task A_waiting_join_is_answered_when_the_others_have_come()
    {
        await using var wire = await WireGroup.StartAsync();
        await wire.SettleAsync();
        using var other = wire.Node.Connect("other");
        var request = new JoinGroupRequest
        {
            GroupId = "g",
            SessionTimeoutMs = 10_000,
            RebalanceTimeoutMs = 10_000,
            ProtocolType = "consumer",
            Protocols = [new() { Name = "range" }],
        };
        await other.SendAsync(request, 3);
        while ((await wire.Client.CallAsync(new HeartbeatRequest { GroupId = "g", GenerationId = 1, MemberId = wire.MemberId }, 0)).ErrorCode == ErrorCode.None)
        {
            await Task.Yield();
        }

        var own = await wire.JoinAsync(3, memberId: wire.MemberId);
        (_, var theirs) = await other.ReceiveAsync<JoinGroupResponse>(3);
        Assert.Equal((2, 2, 2, 0), (own.GenerationId, theirs.GenerationId, own.Members.Count, theirs.Members.Count));
    }

    [Fact]
    public async Task A_node_that_does_not_coordinate_the_group_says_so()
    {
        await using var node = await TestNode.StartAsync();
        using var client = node.Connect();
        var r = await client.CallAsync(new JoinGroupRequest { GroupId = "g", MemberId = "m" }, 6);
        Assert.Equal((ErrorCode.NotCoordinator, "m", -1, ""), (r.ErrorCode, r.MemberId, r.GenerationId, r.ProtocolName));
    }

    [Theory]
    [InlineData("127.0.0.1", "/127.0.0.1")]
    [InlineData("::ffff:10.1.2.3", "/10.1.2.3")]
    [InlineData("::1", "/0:0:0:0:0:0:0:1")]
    [InlineData("fe80::ab", "/fe80:0:0:0:0:0:0:ab")]
    public void A_client_host_is_written_as_java_writes_it(string address, string expected) =>
        Assert.Equal(expected, GroupRequests.HostOf(IPAddress.Parse(address)));
}
