using Ouzel.Client.Consuming.Fetching;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Tests.Consuming.Fetching;

public sealed class FetchSessionTests
{
    private static readonly Uuid Id = new(1, 2);
    private static readonly TopicPartition First = new("t", 0);
    private static readonly TopicPartition Second = new("t", 1);
    private readonly FetchSession _session = new();

    [Fact]
    public void After_the_first_request_only_changes_are_sent()
    {
        var first = Build(13, (First, 5), (Second, 7));
        Assert.Equal((0, 0), (first.SessionId, first.SessionEpoch));
        Assert.Equal(2, first.Topics.Single().Partitions.Count);
        _session.OnServed(42);

        var second = Build(13, (First, 6), (Second, 7));
        Assert.Equal((42, 1), (second.SessionId, second.SessionEpoch));
        Assert.Equal(6, second.Topics.Single().Partitions.Single().FetchOffset);
        _session.OnServed(42);

        var third = Build(13, (First, 6));
        Assert.Equal((42, 2), (third.SessionId, third.SessionEpoch));
        Assert.Empty(third.Topics);
        Assert.Equal([1], third.ForgottenTopicsData.Single().Partitions);
    }

    [Fact]
    public void A_session_the_broker_does_not_know_begins_anew()
    {
        Build(13, (First, 5));
        _session.OnServed(42);

        _session.OnUnknown();

        var request = Build(13, (First, 5));
        Assert.Equal((0, 0), (request.SessionId, request.SessionEpoch));
        Assert.Single(request.Topics);
    }

    [Fact]
    public void A_lost_response_ends_the_session_with_a_full_request_that_names_it()
    {
        Build(13, (First, 5));
        _session.OnServed(42);

        _session.Restart();

        var request = Build(13, (First, 5));
        Assert.Equal((42, 0), (request.SessionId, request.SessionEpoch));
        Assert.Single(request.Topics);
    }

    [Fact]
    public void A_broker_that_keeps_no_session_gets_everything_each_time()
    {
        Build(13, (First, 5));
        _session.OnServed(0);

        var request = Build(13, (First, 5));

        Assert.Equal((0, 0), (request.SessionId, request.SessionEpoch));
        Assert.Single(request.Topics);
    }

    [Fact]
    public void A_broker_before_sessions_is_told_of_none()
    {
        var request = Build(6, (First, 5));

        Assert.Equal((0, -1), (request.SessionId, request.SessionEpoch));
    }

    [Fact]
    public void A_session_does_not_mix_names_and_ids()
    {
        Build(13, (First, 5));
        _session.OnServed(42);

        var request = Build(12, (First, 5));

        Assert.Equal((42, 0), (request.SessionId, request.SessionEpoch));
        Assert.Single(request.Topics);
    }

    private FetchRequest Build(short version, params (TopicPartition Partition, long Offset)[] wanted)
    {
        var request = new FetchRequest();
        _session.Build(request, wanted.ToDictionary(w => w.Partition, w => new FetchItem(Id, w.Offset, 3, 2)), version, 1000);
        return request;
    }
}
