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
    public async Task A_cursor_outside_the_list_or_before_the_first_partition_is_an_invalid_request_for_every_topic()
    {
        var api = await StartAsync();
        Assert.Equal("a!42 b!42", await AskAsync(api, 9, ("ghost", 0), "a", "b"));
        Assert.Equal("a!42 b!42", await AskAsync(api, 9, ("c", 0), "a", "b"));
        Assert.Equal("a!42", await AskAsync(api, 9, ("a", -1), "a"));
        Assert.Equal("", await AskAsync(api, 9, ("a", -1)));
    }

    [Fact]
    public async Task A_cursor_may_name_a_topic_that_is_not_there()
    {
        var api = await StartAsync();
        Assert.Equal("ghost!3", await AskAsync(api, 9, ("ghost", 0), "a", "ghost"));
        Assert.Equal("b:01 c:0", await AskAsync(api, 9, ("az", 7)));
        Assert.Equal("", await AskAsync(api, 9, ("z", 0)));
        Assert.Equal("a: b:01 c:0", await AskAsync(api, 9, ("a", 70)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Paging_loses_nothing_while_topics_come_and_go(int seed)
    {
        var random = new Random(seed);
        var run = await new ClusterBed().StartAsync();
        var api = new DescribeTopicPartitionsApi(run.Node.Metadata, 5);
        string[] lasting = [.. Enumerable.Range(0, 12).Select(i => $"k{random.Next(1000)}-{i}")];
        foreach (var name in lasting)
        {
            await run.CreateAsync(name, random.Next(1, 8));
        }

        var passing = new List<string>();
        for (var round = 0; round < 20; round++)
        {
            var all = random.Next(2) == 0;
            string[] asked = all ? [] : [.. lasting.Concat(passing).Append("never").Distinct()];
            var seen = new List<(string, int)>();
            DescribeTopicPartitionsRequest.CursorItem? cursor = null;
            for (var pages = 0; ; pages++)
            {
                Assert.True(pages < 500, "paging never ends");
                var answer = await api.AskAsync(new DescribeTopicPartitionsRequest
                {
                    Topics = [.. asked.Select(n => new DescribeTopicPartitionsRequest.TopicRequest { Name = n })],
                    ResponsePartitionLimit = random.Next(-1, 9),
                    Cursor = cursor,
                }, 0);
                Assert.DoesNotContain(answer.Topics, t => t.ErrorCode == ErrorCode.InvalidRequest);
                Assert.InRange(answer.Topics.Sum(t => t.Partitions.Count), 0, 5);
                seen.AddRange(answer.Topics.SelectMany(t => t.Partitions.Select(p => (t.Name!, p.PartitionIndex))));
                if (answer.NextCursor is not { } next)
                {
                    break;
                }

                cursor = new() { TopicName = next.TopicName, PartitionIndex = next.PartitionIndex };
                if (random.Next(2) == 0)
                {
                    passing.Add($"k{random.Next(1000)}-passing{round}-{pages}");
                    await run.CreateAsync(passing[^1], random.Next(1, 4));
                }
                else if (passing.Count > 0)
                {
                    // Often the very one that the cursor names.
                    var gone = passing.Contains(next.TopicName) ? next.TopicName : passing[random.Next(passing.Count)];
                    passing.Remove(gone);
                    await run.DeleteAsync(gone);
                }
            }

            Assert.Equal(seen.Count, seen.Distinct().Count());
            foreach (var name in lasting)
            {
                Assert.Equal(Enumerable.Range(0, run.Image.Topics[name].Partitions.Length), seen.Where(s => s.Item1 == name).Select(s => s.Item2));
            }
        }
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
