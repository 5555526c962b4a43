using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DescribeTopicPartitionsTests
{
    private static async Task<DescribeTopicPartitionsApi> StartAsync()
    {
        var run = await new ClusterBed().StartAsync();
        await run.CreateAsync("a", 3);
        await run.CreateAsync("b", 2);
        await run.CreateAsync("c");
        return new DescribeTopicPartitionsApi(run.Node.Metadata, 2000);
    }

    private static async Task<string> AskAsync(DescribeTopicPartitionsApi api, int limit, (string, int)? cursor, params string[] names)
    {
        var answer = await api.AskAsync(new DescribeTopicPartitionsRequest
        {
            Topics = [.. names.Select(n => new DescribeTopicPartitionsRequest.TopicRequest { Name = n })],
            ResponsePartitionLimit = limit,
            Cursor = cursor is var (topic, index) ? new() { TopicName = topic, PartitionIndex = index } : null,
        }, 0);
        var topics = answer.Topics.Select(t => t.ErrorCode == ErrorCode.None ? $"{t.Name}:{string.Join("", t.Partitions.Select(p => p.PartitionIndex))}" : $"{t.Name}!{(int)t.ErrorCode}");
        return string.Join(' ', topics) + (answer.NextCursor is { } next ? $" -> {next.TopicName}{next.PartitionIndex}" : "");
    }

    [Fact]
    public async Task Topics_come_in_order_of_name_page_by_page()
    {
        var api = await StartAsync();
        Assert.Equal("a:01 -> a2", await AskAsync(api, 2, null, "c", "b", "a"));
        Assert.Equal("a:2 b:0 -> b1", await AskAsync(api, 2, ("a", 2), "a", "b", "c"));
        Assert.Equal("b:1 c:0", await AskAsync(api, 2, ("b", 1), "a", "b", "c"));
        Assert.Equal("a:012 b:01 c:0", await AskAsync(api, 2000, null));
        Assert.Equal("a:012 -> b0", await AskAsync(api, 3, null));
    }

    [Fact]
    public async Task A_limit_of_nothing_moves_on_by_one()
    {
        var api = await StartAsync();
        Assert.Equal("a:0 -> a1", await AskAsync(api, 0, null, "a"));
        Assert.Equal("a:0 -> a1", await AskAsync(api, -1, null, "a"));
        Assert.Equal("a:012", await AskAsync(api, 3, null, "a"));
    }

    [Fact]
    public async Task Unknown_and_impossible_topics_have_their_error_and_a_page_may_end_at_one()
    {
        var api = await StartAsync();
        Assert.Equal("a:012 not valid!17 z!3", await AskAsync(api, 9, null, "z", "a", "not valid"));
        Assert.Equal("a:012 -> z0", await AskAsync(api, 3, null, "z", "a"));
    }

    [Fact]
    public async Task A_cursor_that_points_nowhere_is_an_invalid_request_for_every_topic()
    {
        var api = await StartAsync();
        Assert.Equal("a!42 b!42", await AskAsync(api, 9, ("ghost", 0), "a", "b"));
        Assert.Equal("a!42", await AskAsync(api, 9, ("a", -1), "a"));
    }

    [Fact]
    public async Task What_a_client_may_do_is_told_of_topics_that_are_not_there_too()
    {
        var api = await StartAsync();
        var answer = await api.AskAsync(new DescribeTopicPartitionsRequest { Topics = [new() { Name = "c" }, new() { Name = "ghost" }, new() { Name = "not valid" }] }, 0);
        Assert.Equal([3576, 3576, 3576], answer.Topics.Select(t => t.TopicAuthorizedOperations));
    }

    [Fact]
    public async Task A_topic_is_described_with_all_that_metadata_knows()
    {
        var api = await StartAsync();
        var topic = (await api.AskAsync(new DescribeTopicPartitionsRequest { Topics = [new() { Name = "c" }] }, 0)).Topics.Single();
        Assert.Equal((3576, false), (topic.TopicAuthorizedOperations, topic.IsInternal));
        Assert.NotEqual(Uuid.Zero, topic.TopicId);
        var partition = topic.Partitions.Single();
        Assert.Equal((1, 0), (partition.LeaderId, partition.LeaderEpoch));
        Assert.Empty(partition.EligibleLeaderReplicas!);
        Assert.Empty(partition.LastKnownElr!);
    }
}
