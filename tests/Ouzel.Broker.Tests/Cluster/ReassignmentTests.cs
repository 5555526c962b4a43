using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class ReassignmentTests
{
    private static (ErrorCode Code, bool Explained) Reassign(ControllerBed bed, string topic, int partition, int[]? replicas, bool factorMayChange = true)
    {
        var request = new AlterPartitionReassignmentsRequest
        {
            AllowReplicationFactorChange = factorMayChange,
            Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, Replicas = replicas?.ToList() }] }],
        };
        var answer = bed.Take(bed.Controller.AlterPartitionReassignments(bed.Image, request));
        Assert.Equal((ErrorCode.None, null), (answer.ErrorCode, answer.ErrorMessage));
        var result = answer.Responses.Single().Partitions.Single();
        return (result.ErrorCode, result.ErrorMessage is not null);
    }

    [Fact]
    public void Mistakes_are_told_per_partition()
    {
        var bed = WithTopic("t", 2);
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Reassign(bed, "t", 0, [9]));
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Reassign(bed, "t", 0, [1, 1]));
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Reassign(bed, "t", 0, []));
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Reassign(bed, "t", 0, [-1]));
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, true), Reassign(bed, "t", 7, [1]));
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, true), Reassign(bed, "ghost", 0, [1]));
        Assert.Equal((ErrorCode.NoReassignmentInProgress, false), Reassign(bed, "t", 0, null));
        Assert.Equal((ErrorCode.None, false), Reassign(bed, "t", 0, [1]));
        Assert.Empty(bed.LastRecords);
    }

    [Fact]
    public void A_move_has_old_and_new_replicas_until_the_new_ones_are_in_the_isr()
    {
        var bed = new ControllerBed(1, 2);
        bed.Create(Placed("t", (0, [1])));
        Assert.Equal((ErrorCode.None, false), Reassign(bed, "t", 0, [2]));
        var moving = bed.Partition("t");
        Assert.Equal([2, 1], moving.Replicas);
        Assert.Equal([2], moving.AddingReplicas);
        Assert.Equal([1], moving.RemovingReplicas);
        Assert.Equal([new Uuid(9, 2), new Uuid(9, 1)], moving.Directories);
        Assert.Equal((1, 0), (moving.Leader, moving.LeaderEpoch));
        Assert.Equal(ErrorCode.NewLeaderElected, IsrTests.Ask(bed, 1, "t", [1, 2]).ErrorCode);
        var moved = bed.Partition("t");
        Assert.Equal([2], moved.Replicas);
        Assert.Equal([2], moved.Isr);
        Assert.Equal([new Uuid(9, 2)], moved.Directories);
        Assert.Equal((2, 1, false), (moved.Leader, moved.LeaderEpoch, moved.IsReassigning));
    }

    [Fact]
    public void A_move_is_taken_back()
    {
        var bed = new ControllerBed(1, 2);
        bed.Create(Placed("t", (0, [1])));
        Reassign(bed, "t", 0, [2]);
        Assert.Equal((ErrorCode.None, false), Reassign(bed, "t", 0, null));
        Assert.Equal([1], bed.Partition("t").Replicas);
        Assert.False(bed.Partition("t").IsReassigning);
        Assert.Equal(1, bed.Partition("t").Leader);
    }

    [Fact]
    public void A_new_order_alone_does_not_move_the_leader()
    {
        var bed = new ControllerBed(1, 2);
        bed.Create(Placed("t", (0, [1, 2])));
        Assert.Equal((ErrorCode.None, false), Reassign(bed, "t", 0, [2, 1]));
        Assert.Equal([2, 1], bed.Partition("t").Replicas);
        Assert.Equal((1, 0), (bed.Partition("t").Leader, bed.Partition("t").LeaderEpoch));
    }

    [Fact]
    public void The_number_of_replicas_changes_only_with_leave()
    {
        var bed = new ControllerBed(1, 2);
        bed.Create(Placed("t", (0, [1])));
        Assert.Equal((ErrorCode.InvalidReplicationFactor, true), Reassign(bed, "t", 0, [1, 2], factorMayChange: false));
        Assert.Equal((ErrorCode.None, false), Reassign(bed, "t", 0, [1, 2]));
    }
}
