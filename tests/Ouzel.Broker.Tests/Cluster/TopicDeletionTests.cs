using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class TopicDeletionTests
{
    private readonly ControllerBed _bed = new(1);

    private List<DeleteTopicsResponse.DeletableTopicResult> Delete(params DeleteTopicsRequest.DeleteTopicState[] rows) =>
        _bed.Take(_bed.Controller.DeleteTopics(_bed.Image, rows, _ => DeletionRight.Full)).Responses;

    private static DeleteTopicsRequest.DeleteTopicState Row(string? name, Uuid id = default) => new() { Name = name, TopicId = id };

    [Fact]
    public void A_deleted_topic_is_gone_with_its_settings()
    {
        var id = _bed.Create(Topic("t", 2, 1, ("retention.ms", "5"))).Single().TopicId;
        var result = Delete(Row("t")).Single();
        Assert.Equal(("t", id, ErrorCode.None, null), (result.Name, result.TopicId, result.ErrorCode, result.ErrorMessage));
        Assert.Empty(_bed.Image.Topics);
        Assert.Empty(_bed.Image.TopicsById);
        Assert.Empty(_bed.Image.ConfigsOfTopic("t"));
        Assert.Equal(0, _bed.Image.PartitionCount);
    }

    [Fact]
    public void A_topic_is_deleted_by_id_and_the_answer_has_its_name()
    {
        var id = _bed.Create(Topic("t")).Single().TopicId;
        Assert.Equal(("t", id, ErrorCode.None), Told(Delete(Row(null, id)).Single()));
        Assert.Equal((null, id, ErrorCode.UnknownTopicId), Told(Delete(Row(null, id)).Single()));
    }

    [Fact]
    public void A_row_names_its_topic_in_exactly_one_way()
    {
        var id = _bed.Create(Topic("t")).Single().TopicId;
        Assert.Equal(("t", id, ErrorCode.InvalidRequest), Told(Delete(Row("t", id)).Single()));
        Assert.Equal((null, Uuid.Zero, ErrorCode.InvalidRequest), Told(Delete(Row(null)).Single()));
        Assert.True(_bed.Image.Topics.ContainsKey("t"));
    }

    [Fact]
    public void A_topic_named_twice_stays_and_is_told_once()
    {
        _bed.Create(Topic("t"), Topic("u"));
        var id = _bed.Image.Topics["t"].Id;
        Assert.Equal([("t", ErrorCode.InvalidRequest), ("u", ErrorCode.None)], Delete(Row("t"), Row("u"), Row("t")).Select(r => (r.Name, r.ErrorCode)));
        Assert.Equal([ErrorCode.InvalidRequest], Delete(Row("t"), Row(null, id)).Select(r => r.ErrorCode));
        Assert.Equal([ErrorCode.InvalidRequest], Delete(Row(null, id), Row(null, id)).Select(r => r.ErrorCode));
        Assert.Equal(["t"], _bed.Image.Topics.Keys);
    }

    [Fact]
    public void Unknown_and_impossible_names_are_unknown_topics()
    {
        Assert.All(Delete(Row("ghost"), Row("a b"), Row("")), r => Assert.Equal((ErrorCode.UnknownTopicOrPartition, true), (r.ErrorCode, r.ErrorMessage is not null)));
    }

    [Fact]
    public void Nothing_is_deleted_where_deletion_is_switched_off()
    {
        var controller = new Controller(new ControllerOptions { DeleteTopics = false }, _bed.Settings, new Random(1));
        _bed.Create(Topic("t"));
        var decision = controller.DeleteTopics(_bed.Image, [Row("t")], _ => DeletionRight.Full);
        Assert.Equal(ErrorCode.TopicDeletionDisabled, decision.Response.Responses.Single().ErrorCode);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void A_topic_made_anew_under_the_same_name_is_another_topic()
    {
        var first = _bed.Create(Topic("t", 3)).Single().TopicId;
        Delete(Row("t"));
        Assert.NotEqual(first, _bed.Create(Topic("t")).Single().TopicId);
        Assert.Single(_bed.Image.Topics["t"].Partitions);
    }

    private static (string?, Uuid, ErrorCode) Told(DeleteTopicsResponse.DeletableTopicResult result)
    {
        Assert.Equal(result.ErrorCode != ErrorCode.None, result.ErrorMessage is not null);
        return (result.Name, result.TopicId, result.ErrorCode);
    }
}
