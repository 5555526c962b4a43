using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Coordination;

/// <summary>A coordinator is a shard and nothing else: the simplest one, on partitions of a node.</summary>
public sealed class CoordinatorTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly DataNode _node = new();
    private readonly List<LedPartition> _led = [];
    private readonly Coordinator<WordShard> _words;

    public CoordinatorTests()
    {
        _words = new Coordinator<WordShard>("words", Lead, _node.Metadata, _node.Clock, NullLogger.Instance, (_, _) => { });
        _node.Listener = new CoordinatorListener(1, new CoordinatorTable([_words]), _node.Partitions, _node.Metadata, _node.Clock);
    }

    public void Dispose()
    {
        _words.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task Keys_are_served_where_their_partition_is_led_and_sent_away_where_it_is_not()
    {
        Assert.Equal("NotCoordinator", await SayAsync("k", "early"));
        await _node.CreateTopicAsync("words", 3);
        var partition = CoordinatorPartition.Of("k", 3);
        var other = Enumerable.Range(0, 100).Select(i => $"other{i}").First(key => CoordinatorPartition.Of(key, 3) != partition);
        Assert.Equal("a", await SayAsync("k", "a"));
        Assert.Equal("b", await SayAsync(other, "b"));
        await _node.ChangeLeaderAsync("words", partition, leader: 2);
        Assert.Equal("NotCoordinator", await SayAsync("k", "late"));
        Assert.Equal("b,c", await SayAsync(other, "c"));
        await _node.ChangeLeaderAsync("words", partition, leader: 1);
        await Soon(() => _words.Shards[partition].State == ShardState.Active);
        Assert.Equal("a,again", await SayAsync("k", "again"));
        Assert.Equal([0, 2], _led.Where(led => led.Partition == partition).Select(led => led.LeaderEpoch));
    }

    [Fact]
    public async Task A_topic_made_anew_begins_from_nothing()
    {
        await _node.CreateTopicAsync("words");
        Assert.Equal("a", await SayAsync("k", "a"));
        await _node.DeleteTopicAsync("words");
        Assert.Equal("NotCoordinator", await SayAsync("k", "late"));
        await _node.CreateTopicAsync("words");
        Assert.Equal("b", await SayAsync("k", "b"));
    }

    [Fact]
    public async Task A_transaction_is_open_in_the_log_until_its_marker_which_the_shard_sees()
    {
        await _node.CreateTopicAsync("words");
        var producer = new CoordinatorProducer(7, 3);
        await _words.RunAsync<string>("k", (s, _, reply) => s.Say("in", reply) with { Producer = producer }, e => e.ToString()).WaitAsync(Limit);
        Assert.Equal(0, Assert.Single(_node.PartitionOf("words").Log.ActiveProducers()).TransactionFirstOffset);
        Assert.Equal(ErrorCode.None, await _words.EndTransactionAsync(0, new CoordinatorMarker(producer, 5, IsCommit: true)).WaitAsync(Limit));
        Assert.Equal(-1, Assert.Single(_node.PartitionOf("words").Log.ActiveProducers()).TransactionFirstOffset);
        Assert.Equal("in@7,commit@7", await _words.AskAsync("k", s => s.Words, e => e.ToString()).WaitAsync(Limit));
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, await _words.EndTransactionAsync(0, new CoordinatorMarker(producer, 4, IsCommit: false)).WaitAsync(Limit));
        Assert.Equal(ErrorCode.NotCoordinator, await _words.EndTransactionAsync(8, new CoordinatorMarker(producer, 5, IsCommit: false)).WaitAsync(Limit));
    }

    [Fact]
    public async Task Parts_of_a_request_come_in_pieces_and_in_their_order()
    {
        var (open, most, seen) = (0, 0, new List<int>());
        await Coordinator<WordShard>.EachAsync([.. Enumerable.Range(0, 1_000)], BeginAsync, seen.Add);
        Assert.Equal(Enumerable.Range(0, 1_000), seen);
        Assert.InRange(most, 2, 256);

        async Task<int> BeginAsync(int part)
        {
            most = Math.Max(most, Interlocked.Increment(ref open));
            await Task.Yield();
            Interlocked.Decrement(ref open);
            return part;
        }
    }

    [Theory]
    [InlineData(0, "__consumer_offsets")]
    [InlineData(1, "__transaction_state")]
    [InlineData(2, null)]
    public void Each_kind_of_key_has_its_topic(sbyte kind, string? topic) => Assert.Equal(topic, CoordinatorTable.TopicOf(kind));

    private WordShard Lead(LedPartition led)
    {
        _led.Add(led);
        return new WordShard();
    }

    private static async Task Soon(Func<bool> isDone)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!isDone())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task<string> SayAsync(string key, string word) => _words.RunAsync<string>(key, (s, _, reply) => s.Say(word, reply), e => e.ToString()).WaitAsync(Limit);
}
