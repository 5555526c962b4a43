using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Groups;

/// <summary>Groups after a fault inside the coordinator, and after a loss of power.</summary>
public sealed class GroupRecoveryTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void After_a_fault_a_group_is_what_its_last_record_says_and_whoever_waits_joins_again()
    {
        TestMember a = _world.Member("a"), b = _world.Member("b"), other = _world.Member("o", group: "h");
        TestMember.Settle(a, b);
        TestMember.Settle(other);
        var waiting = a.StartJoin();
        Assert.Equal(ClassicGroupState.PreparingRebalance, _world.State());
        Assert.True(_world.Shard.TryRecover(_world.Now));
        Assert.Equal(ErrorCode.NotCoordinator, waiting.Value.ErrorCode);
        Assert.Equal((ClassicGroupState.Stable, ErrorCode.None, ErrorCode.None, ErrorCode.None), (_world.State(), a.Heartbeat(), b.Heartbeat(), other.Heartbeat()));
        TestMember.Settle(a, b);
        Assert.Equal(3, a.Generation);
    }

    [Fact]
    public void A_fault_that_may_have_touched_any_group_is_not_mended_alone()
    {
        _world.Run(_world.Shard.OnTopicsDeleted(new HashSet<string> { "t" }));
        Assert.False(_world.Shard.TryRecover(_world.Now));
    }

    [Fact]
    public void A_position_behind_what_a_crash_left_goes_back_to_the_end_and_stays_there()
    {
        _world.Commit("t", 0, 150);
        _world.Commit("t", 1, 80);
        _world.Commit("u", 0, 150);
        _world.Recovered = new RecoveredEnds(_world.Log.Count, p => p.Topic == "t" ? 100 : null);
        _world.Commit("t", 2, 150);
        _world.Failover();
        Assert.Equal((100, 80, 150, 150), (_world.Position("t"), _world.Position("t", 1), _world.Position("u"), _world.Position("t", 2)));
        Assert.Single(_world.Heard.Lines, l => l.Text.Contains("its position 150 in t-0", StringComparison.Ordinal));
        _world.Recovered = null;
        _world.Failover();
        Assert.Equal(100, _world.Position("t"));
    }

    [Fact]
    public async Task After_a_loss_of_power_a_group_gets_all_that_is_written_from_then_on()
    {
        var lost = 0;
        for (var seed = 1; seed <= 6; seed++)
        {
            var disk = new FaultyDisk(new Random(seed));
            var node = await TestNode.StartAsync(disk, null, [("offsets.topic.num.partitions", "5")]);
            var wire = await WireGroup.StartAsync(node, "t");
            for (var i = 0; i < 40; i++)
            {
                await ProduceAsync(wire.Client, acks: 1, "not synced");
            }

            Assert.Equal(ErrorCode.None, await wire.CommitAsync("t", 40));
            disk.PowerLoss();

            await using var again = await TestNode.StartAsync(disk, null, [("offsets.topic.num.partitions", "5")]);
            await using var after = await WireGroup.StartAsync(again);
            var end = await ProduceAsync(after.Client, acks: -1, "must be delivered");
            Assert.InRange(await after.PositionAsync("t"), 0, end);
            lost += end < 40 ? 1 : 0;
        }

        Assert.True(lost > 0);
    }

    private static async Task<long> ProduceAsync(WireClient client, short acks, string value)
    {
        var request = new ProduceRequest
        {
            Acks = acks,
            TimeoutMs = 1_000,
            TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = new Ouzel.Protocol.Records.MemoryRecords(Batches.Of(value)) }] }],
        };
        var answer = (await client.CallAsync(request, 9)).Responses[0].PartitionResponses[0];
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return answer.BaseOffset;
    }
}
