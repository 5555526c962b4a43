using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class TopicCreationTests
{
    private readonly ControllerBed _bed = new(1);

    [Fact]
    public void A_new_topic_has_its_counts_settings_and_id_in_the_answer_and_in_the_image()
    {
        var result = _bed.Create(Topic("t", 3, 1, ("retention.ms", "5"))).Single();
        Assert.Equal((ErrorCode.None, null, 3, 1), (result.ErrorCode, result.ErrorMessage, result.NumPartitions, result.ReplicationFactor));
        Assert.Equal(("retention.ms", "5"), (result.Configs!.Single().Name, result.Configs!.Single().Value));
        var topic = _bed.Image.Topics["t"];
        Assert.Equal((result.TopicId, 3), (topic.Id, topic.Partitions.Length));
        Assert.NotEqual(Uuid.Zero, topic.Id);
        Assert.Same(topic, _bed.Image.TopicsById[topic.Id]);
        Assert.Equal("5", _bed.Image.ConfigsOfTopic("t")["retention.ms"]);
        Assert.All(topic.Partitions, p => Assert.Equal((1, 0, 0), (p.Leader, p.LeaderEpoch, p.PartitionEpoch)));
        Assert.All(topic.Partitions, p => Assert.Equal([new Uuid(9, 1)], p.Directories));
    }

    [Fact]
    public void Records_are_topic_then_settings_in_order_of_the_request_then_partitions()
    {
        _bed.Create(Topic("t", 2, 1, ("retention.ms", "5"), ("cleanup.policy", "compact")));
        Assert.Equal(["TopicRecord", "ConfigRecord", "ConfigRecord", "PartitionRecord", "PartitionRecord"], _bed.LastRecords.Select(r => r.Message.GetType().Name));
        Assert.Equal(["retention.ms", "cleanup.policy"], _bed.LastRecords.Select(r => r.Message).OfType<ConfigRecord>().Select(r => r.Name));
        Assert.Equal(2, _bed.LastRecords[^1].Version);
    }

    [Fact]
    public void Minus_one_takes_the_defaults()
    {
        var result = _bed.Create(Topic("t", -1, -1)).Single();
        Assert.Equal((ErrorCode.None, 1, 1), (result.ErrorCode, result.NumPartitions, result.ReplicationFactor));
    }

    [Theory]
    [InlineData(0, 1, ErrorCode.InvalidPartitions)]
    [InlineData(-2, 1, ErrorCode.InvalidPartitions)]
    [InlineData(1, 0, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, -2, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, 2, ErrorCode.InvalidReplicationFactor)]
    [InlineData(0, 0, ErrorCode.InvalidReplicationFactor)]
    [InlineData(0, 2, ErrorCode.InvalidPartitions)]
    public void Wrong_counts_are_refused(int partitions, int replicas, ErrorCode expected)
    {
        Assert.Equal(expected, _bed.CreateCode(Topic("t", partitions, replicas)));
        Assert.False(_bed.Image.Topics.ContainsKey("t"));
    }

    [Fact]
    public void Wrong_settings_are_found_before_wrong_counts_and_after_an_existing_name()
    {
        Assert.Equal(ErrorCode.InvalidConfig, _bed.CreateCode(Topic("t", 0, 9, ("no.such", "1"))));
        Assert.Equal(ErrorCode.InvalidConfig, _bed.CreateCode(Topic("t", 1, 1, ("retention.ms", null))));
        _bed.Create(Topic("t"));
        Assert.Equal(ErrorCode.TopicAlreadyExists, _bed.CreateCode(Topic("t", 0, 9, ("no.such", "1"))));
    }

    [Fact]
    public void Of_a_setting_given_twice_the_last_counts()
    {
        _bed.Create(Topic("t", 1, 1, ("retention.ms", "x"), ("retention.ms", "7")));
        Assert.Equal("7", _bed.Image.ConfigsOfTopic("t")["retention.ms"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("a,b")]
    [InlineData("täst")]
    [InlineData("a\0")]
    [InlineData("a\n")]
    [InlineData("*")]
    public void Impossible_names_are_refused_before_everything_else(string name) =>
        Assert.Equal(ErrorCode.InvalidTopicException, _bed.CreateCode(Topic(name, 0, 0, ("no.such", "1"))));

    [Fact]
    public void A_name_has_at_most_249_characters()
    {
        Assert.Equal(ErrorCode.None, _bed.CreateCode(Topic(new string('x', 249))));
        Assert.Equal(ErrorCode.InvalidTopicException, _bed.CreateCode(Topic(new string('x', 250))));
    }

    [Fact]
    public void Names_that_differ_only_in_dots_and_underscores_exclude_each_other()
    {
        Assert.Equal(ErrorCode.None, _bed.CreateCode(Topic("s.a_b")));
        Assert.Equal(ErrorCode.InvalidTopicException, _bed.CreateCode(Topic("s_a.b")));
        Assert.Equal(ErrorCode.TopicAlreadyExists, _bed.CreateCode(Topic("s.a_b")));
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidTopicException], _bed.Create(Topic("q.x"), Topic("q_x")).Select(t => t.ErrorCode));
        _bed.Take(_bed.Controller.DeleteTopics(_bed.Image, [new() { Name = "s.a_b" }], _ => DeletionRight.Full));
        Assert.Equal(ErrorCode.None, _bed.CreateCode(Topic("s_a.b")));
    }

    [Fact]
    public void A_name_that_is_twice_in_a_request_is_refused_once_and_its_neighbours_are_created()
    {
        var results = _bed.Create(Topic("t"), Topic("u"), Topic("t", 3));
        Assert.Equal([("t", ErrorCode.InvalidRequest), ("u", ErrorCode.None)], results.Select(r => (r.Name, r.ErrorCode)));
        Assert.Equal(["u"], _bed.Image.Topics.Keys);
    }

    [Fact]
    public void The_metadata_logs_own_name_cannot_be_created() => Assert.Equal(ErrorCode.InvalidRequest, _bed.CreateCode(Topic("__cluster_metadata")));

    [Fact]
    public void Validation_alone_answers_the_same_and_writes_nothing()
    {
        var decision = _bed.Controller.CreateTopics(_bed.Image, new() { Topics = [Topic("t", 3), Topic("bad", 0)], validateOnly = true }, _ => true);
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidPartitions], decision.Response.Topics.Select(t => t.ErrorCode));
        Assert.Equal(3, decision.Response.Topics[0].NumPartitions);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void More_than_10000_partitions_in_one_request_break_the_policy()
    {
        Assert.Equal(ErrorCode.PolicyViolation, _bed.CreateCode(Topic("t", 20_000)));
        Assert.Equal([ErrorCode.PolicyViolation, ErrorCode.PolicyViolation], _bed.Create(Topic("a", 6_000), Topic("b", 6_000)).Select(t => t.ErrorCode));
        Assert.Equal(ErrorCode.None, _bed.CreateCode(Topic("t", 10_000)));
        Assert.Equal(10_000, _bed.Image.PartitionCount);
    }

    [Fact]
    public void A_client_that_may_not_read_settings_is_told_neither_them_nor_counts()
    {
        var result = _bed.Take(_bed.Controller.CreateTopics(_bed.Image, new() { Topics = [Topic("t", 2)] }, _ => false)).Topics.Single();
        Assert.Equal((ErrorCode.None, (short)29, -1, -1), (result.ErrorCode, result.TopicConfigErrorCode, result.NumPartitions, result.ReplicationFactor));
    }

    [Fact]
    public void Partitions_placed_by_hand_may_come_in_any_order()
    {
        var result = _bed.Create(Placed("t", (1, [1]), (0, [1]), (2, [1]))).Single();
        Assert.Equal((ErrorCode.None, 3, 1), (result.ErrorCode, result.NumPartitions, result.ReplicationFactor));
    }

    [Fact]
    public void Mistakes_in_a_placement_by_hand_are_refused()
    {
        (int, int[])[][] wrong =
        [
            [(0, [77])], [(0, [1, 1])], [(0, [])], [(0, [1]), (2, [1])], [(1, [1])], [(-1, [1])], [(0, [1]), (0, [1])], [(0, [-1])],
        ];
        Assert.All(wrong, rows => Assert.Equal(ErrorCode.InvalidReplicaAssignment, _bed.CreateCode(Placed("t", rows))));
        var both = Placed("t", (0, [1]));
        both.NumPartitions = 1;
        Assert.Equal(ErrorCode.InvalidRequest, _bed.CreateCode(both));
        both.NumPartitions = -1;
        both.ReplicationFactor = 1;
        Assert.Equal(ErrorCode.InvalidRequest, _bed.CreateCode(both));
    }

    [Fact]
    public void Replicas_on_fenced_brokers_alone_are_refused_and_a_fenced_one_does_not_lead()
    {
        var bed = new ControllerBed(1, 2);
        bed.Fence(2);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, bed.CreateCode(Placed("t", (0, [2]))));
        Assert.Equal(ErrorCode.None, bed.CreateCode(Placed("t", (0, [2, 1]))));
        Assert.Equal(1, bed.Partition("t").Leader);
        Assert.Equal([1], bed.Partition("t").Isr);
    }

    [Fact]
    public void Replicas_spread_over_brokers_and_leaders_take_turns()
    {
        var bed = new ControllerBed(1, 2, 3);
        Assert.Equal(ErrorCode.None, bed.CreateCode(Topic("t", 6, 3)));
        var partitions = bed.Image.Topics["t"].Partitions;
        Assert.All(partitions, p => Assert.Equal([1, 2, 3], p.Replicas.Order()));
        Assert.Equal([2, 2, 2], partitions.CountBy(p => p.Leader).Select(c => c.Value));
        bed.Fence(3);
        Assert.Equal(ErrorCode.None, bed.CreateCode(Topic("u", 4, 3)));
        Assert.All(bed.Image.Topics["u"].Partitions, p => Assert.Equal((3, 2), (p.Replicas[2], p.Isr.Length)));
        Assert.Equal(ErrorCode.InvalidReplicationFactor, bed.CreateCode(Topic("v", 1, 4)));
    }
}
