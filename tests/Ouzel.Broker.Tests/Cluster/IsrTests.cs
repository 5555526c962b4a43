using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class IsrTests
{
    private readonly ControllerBed _bed = new(1, 2, 3);

    public IsrTests() => _bed.Create(Placed("t", (0, [1, 2])));

    internal static AlterPartitionResponse.PartitionData Ask(
        ControllerBed bed, int sender, string topic, int[] isr, Action<AlterPartitionRequest.PartitionData>? change = null)
    {
        var partition = bed.Partition(topic);
        var data = new AlterPartitionRequest.PartitionData
        {
            LeaderEpoch = partition.LeaderEpoch,
            PartitionEpoch = partition.PartitionEpoch,
            LeaderRecoveryState = partition.Recovering ? (sbyte)1 : (sbyte)0,
            NewIsrWithEpochs = [.. isr.Select(id => new AlterPartitionRequest.BrokerState { BrokerId = id, BrokerEpoch = bed.Image.Brokers.TryGetValue(id, out var b) ? b.Epoch : -1 })],
        };
        change?.Invoke(data);
        var request = new AlterPartitionRequest
        {
            BrokerId = sender,
            BrokerEpoch = bed.Image.Brokers[sender].Epoch,
            Topics = [new() { TopicId = bed.Image.Topics[topic].Id, Partitions = [data] }],
        };
        return bed.Take(bed.Controller.AlterPartition(bed.Image, request)).Topics.Single().Partitions.Single();
    }

    [Fact]
    public void A_leader_shrinks_and_grows_its_isr_in_the_same_leader_epoch()
    {
        var answer = Ask(_bed, 1, "t", [1]);
        Assert.Equal((ErrorCode.None, 0, 1), (answer.ErrorCode, answer.LeaderEpoch, answer.PartitionEpoch));
        Assert.Equal([1], _bed.Partition("t").Isr);
        Ask(_bed, 1, "t", [1, 2]);
        Assert.Equal((0, 2), (_bed.Partition("t").LeaderEpoch, _bed.Partition("t").PartitionEpoch));
    }

    [Fact]
    public void An_unchanged_isr_writes_nothing()
    {
        Assert.Equal((ErrorCode.None, 0), (Ask(_bed, 1, "t", [1, 2]).ErrorCode, _bed.Partition("t").PartitionEpoch));
        Assert.Empty(_bed.LastRecords);
    }

    [Fact]
    public void Old_and_future_views_are_refused()
    {
        Ask(_bed, 1, "t", [1]);
        Assert.Equal(ErrorCode.InvalidUpdateVersion, Ask(_bed, 1, "t", [1, 2], d => d.PartitionEpoch--).ErrorCode);
        Assert.Equal(ErrorCode.NotController, Ask(_bed, 1, "t", [1, 2], d => d.PartitionEpoch++).ErrorCode);
        Assert.Equal(ErrorCode.NotController, Ask(_bed, 1, "t", [1, 2], d => d.LeaderEpoch++).ErrorCode);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Ask(_bed, 1, "t", [1, 2], d => d.LeaderEpoch--).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, Ask(_bed, 2, "t", [1, 2]).ErrorCode);
        Assert.Equal([1], _bed.Partition("t").Isr);
    }

    [Fact]
    public void An_isr_is_made_of_replicas_each_once_with_the_leader_among_them()
    {
        Assert.Equal(ErrorCode.InvalidRequest, Ask(_bed, 1, "t", [2]).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, Ask(_bed, 1, "t", [1, 1]).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, Ask(_bed, 1, "t", [1, 3]).ErrorCode);
    }

    [Fact]
    public void A_fenced_or_restarted_member_is_not_eligible()
    {
        _bed.Fence(2);
        Assert.Equal(ErrorCode.IneligibleReplica, Ask(_bed, 1, "t", [1, 2]).ErrorCode);
        _bed.Heartbeat(2);
        Assert.Equal(ErrorCode.IneligibleReplica, Ask(_bed, 1, "t", [1, 2], d => d.NewIsrWithEpochs[1].BrokerEpoch--).ErrorCode);
        Assert.Equal(ErrorCode.None, Ask(_bed, 1, "t", [1, 2]).ErrorCode);
    }

    [Fact]
    public void Unknown_topics_partitions_and_stale_brokers_are_told_apart()
    {
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Ask(_bed, 1, "t", [1], d => d.PartitionIndex = 5).ErrorCode);
        var request = new AlterPartitionRequest { BrokerId = 1, BrokerEpoch = 0 };
        Assert.Equal(ErrorCode.StaleBrokerEpoch, _bed.Controller.AlterPartition(_bed.Image, request).Response.ErrorCode);
    }

    [Fact]
    public void A_partition_leaves_recovery_when_its_leader_says_so()
    {
        var bed = WithTopic("t");
        bed.Register(1, previousEpoch: -1, new Uuid(8, 8));
        bed.Heartbeat(1);
        Assert.True(bed.Partition("t").Recovering);
        Assert.Equal(ErrorCode.None, Ask(bed, 1, "t", [1], d => d.LeaderRecoveryState = 0).ErrorCode);
        Assert.False(bed.Partition("t").Recovering);
        Assert.Equal(ErrorCode.InvalidRequest, Ask(bed, 1, "t", [1], d => d.LeaderRecoveryState = 1).ErrorCode);
    }
}
