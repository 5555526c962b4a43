using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class ElectionTests
{
    private static (ErrorCode Top, List<(string, int, ErrorCode)> Rows) Elect(ControllerBed bed, sbyte kind, params (string Topic, int[] Partitions)[]? topics)
    {
        var request = new ElectLeadersRequest
        {
            ElectionType = kind,
            TopicPartitions = topics?.Select(t => new ElectLeadersRequest.TopicPartitionsItem { Topic = t.Topic, Partitions = [.. t.Partitions] }).ToList(),
        };
        var answer = bed.Take(bed.Controller.ElectLeaders(bed.Image, request));
        return (answer.ErrorCode, [.. answer.ReplicaElectionResults.SelectMany(t => t.PartitionResult, (t, p) => (t.Topic, p.PartitionId, p.ErrorCode))]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void On_a_healthy_partition_no_election_is_needed_and_unknown_ones_are_unknown(sbyte kind)
    {
        var bed = WithTopic("t", 2);
        var (top, rows) = Elect(bed, kind, ("t", [0, 1, 7]), ("ghost", [0]));
        Assert.Equal(ErrorCode.None, top);
        Assert.Equal(
            [("t", 0, ErrorCode.ElectionNotNeeded), ("t", 1, ErrorCode.ElectionNotNeeded), ("t", 7, ErrorCode.UnknownTopicOrPartition), ("ghost", 0, ErrorCode.UnknownTopicOrPartition)],
            rows);
        Assert.Empty(bed.LastRecords);
    }

    [Fact]
    public void With_all_partitions_asked_for_those_without_need_are_left_out()
    {
        var bed = WithTopic("t", 2);
        var answer = bed.Take(bed.Controller.ElectLeaders(bed.Image, new() { TopicPartitions = null }));
        Assert.Equal("t", answer.ReplicaElectionResults.Single().Topic);
        Assert.Empty(answer.ReplicaElectionResults.Single().PartitionResult);
    }

    [Fact]
    public void An_unknown_kind_is_refused_at_the_top_and_on_each_partition()
    {
        var (top, rows) = Elect(WithTopic("t"), 9, ("t", [0]));
        Assert.Equal(ErrorCode.InvalidRequest, top);
        Assert.Equal([("t", 0, ErrorCode.InvalidRequest)], rows);
    }

    [Fact]
    public void The_preferred_replica_leads_again_once_it_is_in_the_isr()
    {
        var bed = new ControllerBed(1, 2);
        bed.Create(Placed("t", (0, [1, 2])));
        bed.Fence(1);
        Assert.Equal([("t", 0, ErrorCode.PreferredLeaderNotAvailable)], Elect(bed, 0, ("t", [0])).Rows);
        bed.Heartbeat(1);
        Assert.Equal([("t", 0, ErrorCode.PreferredLeaderNotAvailable)], Elect(bed, 0, ("t", [0])).Rows);
        IsrTests.Ask(bed, 2, "t", [2, 1]);
        Assert.Equal([("t", 0, ErrorCode.None)], Elect(bed, 0, ("t", [0])).Rows);
        Assert.Equal((1, 2), (bed.Partition("t").Leader, bed.Partition("t").LeaderEpoch));
    }

    [Fact]
    public void An_unclean_election_takes_any_living_replica_and_begins_in_recovery()
    {
        var bed = new ControllerBed(1, 2);
        bed.Create(Placed("t", (0, [1, 2])));
        bed.Fence(2);
        bed.Fence(1);
        Assert.Equal([("t", 0, ErrorCode.EligibleLeadersNotAvailable)], Elect(bed, 1, ("t", [0])).Rows);
        bed.Heartbeat(2);
        Assert.Equal(-1, bed.Partition("t").Leader);
        Assert.Equal([("t", 0, ErrorCode.None)], Elect(bed, 1, ("t", [0])).Rows);
        Assert.Equal((2, true), (bed.Partition("t").Leader, bed.Partition("t").Recovering));
        Assert.Equal([2], bed.Partition("t").Isr);
    }
}
