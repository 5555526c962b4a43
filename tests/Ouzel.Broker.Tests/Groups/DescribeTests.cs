using Ouzel.Broker.Coordination;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

public sealed class DescribeTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void Metadata_shows_only_while_stable_and_the_old_part_stays_during_a_rebalance()
    {
        TestMember a = _world.Member("a", protocols: [("range", [65])]), b = _world.Member("b", protocols: [("range", [66])]);
        a.Join();
        Look("CompletingRebalance", "", ("a", "", ""));
        TestMember.ShareOut(a);
        Look("Stable", "range", ("a", "41", "706172742D61"));
        var waiting = b.Come();
        Look("PreparingRebalance", "", ("a", "", "706172742D61"), ("b", "", ""));
        a.Join();
        b.Joined(waiting);
        Look("CompletingRebalance", "", ("a", "", "706172742D61"), ("b", "", ""));
        TestMember.ShareOut(a, b);
        a.Leave();
        b.Leave();
        Look("Empty", "");

        void Look(string state, string protocol, params (string Who, string Metadata, string Part)[] members)
        {
            var d = _world.Shard.Describe("g")!;
            Assert.Equal((state, "consumer", protocol), (d.GroupState, d.ProtocolType, d.ProtocolData));
            Assert.Equal(members, d.Members.Select(m => (
                m.MemberId == a.Id ? "a" : "b", Convert.ToHexString(m.MemberMetadata.Span), Convert.ToHexString(m.MemberAssignment.Span))));
        }
    }

    [Fact]
    public void A_member_is_described_with_its_client_and_instance()
    {
        var a = _world.Member("a", instance: "red");
        TestMember.Settle(a);
        var m = Assert.Single(_world.Shard.Describe("g")!.Members);
        Assert.Equal((a.Id, "red", "client-a", "/127.0.0.1"), (m.MemberId, m.GroupInstanceId, m.ClientId, m.ClientHost));
    }

    [Fact]
    public void Groups_are_listed_with_type_and_state()
    {
        TestMember.Settle(_world.Member("a"));
        _world.Commit("t", 0, 1, group: "s");
        Assert.Equal(
            [("g", "consumer", "Stable", "classic"), ("s", "", "Empty", "classic")],
            _world.Shard.List().OrderBy(g => g.GroupId).Select(g => (g.GroupId, g.ProtocolType, g.GroupState, g.GroupType)));
    }
}
