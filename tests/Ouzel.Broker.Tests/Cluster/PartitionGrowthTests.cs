using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class PartitionGrowthTests
{
    private readonly ControllerBed _bed = WithTopic("t", 2);

    private (ErrorCode Code, bool Explained) Grow(string name, int count, int[][]? rows = null, bool validateOnly = false)
    {
        var request = new CreatePartitionsRequest
        {
            ValidateOnly = validateOnly,
            Topics = [new() { Name = name, Count = count, Assignments = rows?.Select(r => new CreatePartitionsRequest.CreatePartitionsAssignment { BrokerIds = [.. r] }).ToList() }],
        };
        var result = _bed.Take(_bed.Controller.CreatePartitions(_bed.Image, request, _ => true)).Results.Single();
        return (result.ErrorCode, result.ErrorMessage is not null);
    }

    [Fact]
    public void A_topic_grows_and_what_was_there_stays()
    {
        var before = _bed.Image.Topics["t"];
        Assert.Equal((ErrorCode.None, false), Grow("t", 4));
        var after = _bed.Image.Topics["t"];
        Assert.Equal((before.Id, 4), (after.Id, after.Partitions.Length));
        Assert.Same(before.Partitions[1], after.Partitions[1]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_topic_cannot_keep_or_lower_its_count(int count) => Assert.Equal((ErrorCode.InvalidPartitions, true), Grow("t", count));

    [Fact]
    public void An_unknown_topic_is_told_without_a_message() => Assert.Equal((ErrorCode.UnknownTopicOrPartition, false), Grow("ghost", 3));

    [Fact]
    public void New_partitions_placed_by_hand_need_one_right_row_each()
    {
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Grow("t", 4, [[1]]));
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Grow("t", 3, [[1], [1]]));
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Grow("t", 3, [[9]]));
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Grow("t", 3, [[1, 1]]));
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Grow("t", 3, [[]]));
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, true), Grow("t", 3, []));
        Assert.Equal((ErrorCode.None, false), Grow("t", 4, [[1], [1]]));
    }

    [Fact]
    public void Validation_alone_adds_nothing()
    {
        Assert.Equal((ErrorCode.None, false), Grow("t", 4, validateOnly: true));
        Assert.Equal(2, _bed.Image.Topics["t"].Partitions.Length);
    }

    [Fact]
    public void A_topic_named_twice_in_a_request_does_not_grow()
    {
        var request = new CreatePartitionsRequest { Topics = [new() { Name = "t", Count = 3, Assignments = null }, new() { Name = "t", Count = 5, Assignments = null }] };
        var result = _bed.Take(_bed.Controller.CreatePartitions(_bed.Image, request, _ => true)).Results.Single();
        Assert.Equal(ErrorCode.InvalidRequest, result.ErrorCode);
        Assert.Empty(_bed.LastRecords);
    }
}
