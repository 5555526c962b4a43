using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Net;

/// <summary>The place of metrics: told once for each request, with what it took.</summary>
public sealed class RequestObserverTests : IAsyncLifetime, IRequestObserver
{
    private readonly List<RequestStory> _stories = [];
    private TestNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync(null, null, [], with: seams => seams with { Observer = this });
        await _node.Broker.EnsureTopicAsync("t", 1);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    void IRequestObserver.OnDone(in RequestStory story) => _stories.Add(story);

    [Fact]
    public async Task A_request_is_told_with_its_bytes_and_its_error_once_its_response_has_left()
    {
        using var client = _node.Connect();
        var frame = WireClient.Encode(new UnregisterBrokerRequest { BrokerId = 9 }, ApiKey.UnregisterBroker, 0, 1);
        await client.SendFrameAsync(frame);
        var response = await client.ReceiveFrameAsync();
        var story = Assert.Single(_stories);
        Assert.Equal(
            (ApiKey.UnregisterBroker, (short)0, frame.Length, (long)response!.Length, ErrorCode.BrokerIdNotRegistered),
            (story.Api, story.Version, story.RequestBytes, story.ResponseBytes, story.Error));
        Assert.Equal(("PLAINTEXT", SecurityProtocol.Plaintext, Principal.Anonymous), (story.Origin.ListenerName, story.Origin.Protocol, story.Origin.Principal));
    }

    [Fact]
    public async Task A_wait_for_news_is_time_of_the_handler()
    {
        using var client = _node.Connect();
        await client.SendAsync(new FetchRequest { MaxWaitMs = 300, MinBytes = 1, MaxBytes = 1000, Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, PartitionMaxBytes = 1000 }] }] }, 12);
        Assert.Empty(_stories);
        while (_stories.Count == 0)
        {
            _node.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        var story = Assert.Single(_stories);
        Assert.Equal((ApiKey.Fetch, TimeSpan.Zero, TimeSpan.Zero, ErrorCode.None), (story.Api, story.Queued, story.Sent, story.Error));
        Assert.InRange(story.Handled, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public async Task A_response_that_nobody_waits_for_is_told_without_bytes()
    {
        using var client = _node.Connect();
        await client.SendAsync(new ProduceRequest { Acks = 0, TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = new Ouzel.Protocol.Records.MemoryRecords(Batches.Of("a")) }] }] }, 9);
        var story = Assert.Single(_stories);
        Assert.Equal((ApiKey.Produce, 0L, ErrorCode.None), (story.Api, story.ResponseBytes, story.Error));
    }
}
