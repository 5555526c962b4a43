using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Ouzel.Broker.Configs;
using Ouzel.Client.Tests.Consuming.Support;
using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage.Disks;

namespace Ouzel.Client.Tests.Consuming;

/// <summary>Members of a group against a coordinator in this process.</summary>
public sealed class GroupTests : IAsyncLifetime
{
    private static readonly TopicPartition Partition = new("t", 0);
    private readonly WireTap _tap = new();
    private ServerUnderTest _server = null!;
    private OuzelClient _client = null!;
    private OuzelClient _tapped = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartAsync(("group.initial.rebalance.delay.ms", "0"));
        _client = await _server.ConnectAsync();
        _tapped = await _server.ConnectAsync(_tap.ConnectAsync);
        await _client.CreateTopicAsync("t", 4);
    }

    public async ValueTask DisposeAsync()
    {
        await _tapped.DisposeAsync();
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Assignor.Range)]
    [InlineData(Assignor.RoundRobin)]
    [InlineData(Assignor.Sticky)]
    [InlineData(Assignor.CooperativeSticky)]
    public async Task Members_share_the_partitions_and_take_over_those_of_who_leaves(Assignor assignor)
    {
        await using var first = new GroupMember(_client, Quick(assignor));
        await first.HasAsync(4);
        await using (var second = new GroupMember(_client, Quick(assignor)))
        {
            await Task.WhenAll(first.HasAsync(2), second.HasAsync(2));
            Assert.Equal(4, first.Consumer.Assignment.Concat(second.Consumer.Assignment).Distinct().Count());
            Assert.NotEqual(first.Consumer.MemberId, second.Consumer.MemberId);
        }

        await first.HasAsync(4);
    }

    [Fact(Timeout = 60_000)]
    public async Task Cooperative_members_let_go_only_of_what_moves()
    {
        await using var first = new GroupMember(_client, Quick(Assignor.CooperativeSticky));
        await first.HasAsync(4);
        await using var second = new GroupMember(_client, Quick(Assignor.CooperativeSticky));
        await Task.WhenAll(first.HasAsync(2), second.HasAsync(2));

        var revoked = Assert.Single(first.Events, e => e.Kind == RebalanceKind.Revoked).Partitions;
        Assert.Equal(second.Consumer.Assignment.ToHashSet(), revoked.ToHashSet());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_finished_is_committed_before_partitions_go_and_the_next_owner_begins_there()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 20));
        await using var first = new GroupMember(_client, Quick(Assignor.Range));
        await first.UntilAsync(m => m.Values.Count == 20);
        await using var second = new GroupMember(_client, Quick(Assignor.Range));
        await Task.WhenAll(first.HasAsync(2), second.HasAsync(2));

        var owner = first.Consumer.Assignment.Contains(Partition) ? first : second;
        await _client.ProduceAsync("t", 0, "next");
        await owner.UntilAsync(m => m.Values.Contains("next"));
        Assert.Equal([.. Topics.Numbered("v", 20), "next"], first.Values.Concat(owner == first ? [] : second.Values));
    }

    [Fact(Timeout = 60_000)]
    public async Task Partitions_stay_until_the_batch_in_hand_is_finished()
    {
        await _client.ProduceAsync("t", 0, "a", "b");
        var (isHandling, mayFinish) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var first = new GroupMember(_client, Quick(Assignor.Range), async _ =>
        {
            isHandling.TrySetResult();
            await mayFinish.Task;
        });
        await isHandling.Task;
        await using var second = new GroupMember(_tapped, Quick(Assignor.Range));
        while (_tap.Count(ApiKey.JoinGroup) < 2)
        {
            // Its first join is answered by an id, the second waits for the others.
            await Task.Yield();
        }

        Assert.DoesNotContain(first.Events, e => e.Kind == RebalanceKind.Revoked);
        Assert.Empty(second.Events);
        mayFinish.SetResult();
        await Task.WhenAll(first.HasAsync(2), second.HasAsync(2));
        Assert.Equal(["a", "b"], first.Values.Concat(second.Values));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_commit_after_the_partition_was_lost_is_refused_and_says_why()
    {
        await _client.ProduceAsync("t", 0, "a");
        var (handled, lost) = (new TaskCompletionSource<Exception?>(), new TaskCompletionSource());
        await using var member = new GroupMember(_tapped, Quick(Assignor.Range), async batch =>
        {
            if (!handled.Task.IsCompleted)
            {
                await lost.Task;
                handled.SetResult(await Record.ExceptionAsync(() => batch.CommitAsync()));
            }
        });
        await member.UntilAsync(m => !m.Values.IsEmpty);

        // Not that the member is unknown: the coordinator, which does know it, would wait for its session to end.
        _tap.OnNextResponse<HeartbeatResponse>(r => r.ErrorCode = ErrorCode.IllegalGeneration);
        await member.UntilAsync(m => m.Events.Any(e => e.Kind == RebalanceKind.Lost));
        lost.SetResult();

        var fault = Assert.IsType<KafkaException>(await handled.Task);
        Assert.Equal(ErrorCode.IllegalGeneration, fault.Error);
        Assert.Contains("too late", fault.Message, StringComparison.Ordinal);
        await member.UntilAsync(m => m.Values.Count == 2);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_commit_that_meets_another_generation_costs_the_partitions()
    {
        await _client.ProduceAsync("t", 0, "a");
        var handled = new TaskCompletionSource<Exception?>();
        await using var member = new GroupMember(_tapped, Quick(Assignor.Range, heartbeatMs: 5000), async batch =>
        {
            if (!handled.Task.IsCompleted)
            {
                _tap.OnNextResponse<OffsetCommitResponse>(r => r.Topics[0].Partitions[0].ErrorCode = ErrorCode.IllegalGeneration);
                handled.SetResult(await Record.ExceptionAsync(() => batch.CommitAsync()));
            }
        });

        Assert.Equal(ErrorCode.IllegalGeneration, Assert.IsType<KafkaException>(await handled.Task).Error);
        await member.UntilAsync(m => m.Events.Any(e => e.Kind == RebalanceKind.Lost));
        await member.HasAsync(4);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_static_member_comes_back_without_a_rebalance()
    {
        await using var other = new GroupMember(_client, Quick(Assignor.Range));
        await using (var first = new GroupMember(_client, Quick(Assignor.Range, instance: "one")))
        {
            await Task.WhenAll(first.HasAsync(2), other.HasAsync(2));
        }

        var before = other.Events.Count;
        await using var again = new GroupMember(_client, Quick(Assignor.Range, instance: "one"));
        await again.HasAsync(2);
        Assert.Equal(before, other.Events.Count);
        Assert.Equal(other.Events.Last().Generation, again.Events.Last().Generation);
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_two_static_members_with_one_name_the_older_ends_with_an_error()
    {
        await using var older = new GroupMember(_client, Quick(Assignor.Range, instance: "one"));
        await older.HasAsync(4);
        await using var younger = new GroupMember(_client, Quick(Assignor.Range, instance: "one"));
        await younger.HasAsync(4);

        await older.Ended;

        var fault = Assert.IsType<KafkaException>(older.Fault);
        Assert.Equal(ErrorCode.FencedInstanceId, fault.Error);
        Assert.True(fault.IsFatal);
        await older.UntilAsync(m => m.Events.Any(e => e.Kind == RebalanceKind.Lost));
    }

    [Fact(Timeout = 60_000)]
    public async Task Members_without_a_common_assignor_are_told_so()
    {
        await using var first = new GroupMember(_client, Quick(Assignor.Range));
        await first.HasAsync(4);
        await using var second = new GroupMember(_client, Quick(Assignor.RoundRobin));

        await second.Ended;

        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Assert.IsType<KafkaException>(second.Fault).Error);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ApiKey.JoinGroup)]
    [InlineData(ApiKey.SyncGroup)]
    [InlineData(ApiKey.Heartbeat)]
    [InlineData(ApiKey.OffsetFetch)]
    [InlineData(ApiKey.OffsetCommit)]
    [InlineData(ApiKey.FindCoordinator)]
    [InlineData(ApiKey.Fetch)]
    [InlineData(ApiKey.ListOffsets)]
    public async Task A_connection_that_ends_in_the_middle_of_a_response_loses_and_repeats_nothing(ApiKey key)
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 50));
        _tap.Cut(key, times: 2);
        await using var member = new GroupMember(_tapped, Quick(Assignor.Range), batch => batch.CommitAsync());

        await member.UntilAsync(m => m.Values.Count >= 50);
        await _client.ProduceAsync("t", 0, "last");
        await member.UntilAsync(m => m.Values.Contains("last"));

        Assert.Equal([.. Topics.Numbered("v", 50), "last"], member.Values);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.CoordinatorLoadInProgress)]
    public async Task A_coordinator_that_moves_is_looked_for_and_nothing_is_lost(ErrorCode error)
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 5));
        _tap.OnNextResponse<JoinGroupResponse>(r => r.ErrorCode = error);
        _tap.OnNextResponse<OffsetFetchResponse>(r => r.Groups[0].ErrorCode = error);
        _tap.OnNextResponse<OffsetCommitResponse>(r => r.Topics[0].Partitions[0].ErrorCode = error);
        await using var member = new GroupMember(_tapped, Quick(Assignor.Range), batch => batch.CommitAsync());
        await member.UntilAsync(m => m.Values.Count == 5);
        var before = _tap.Count(ApiKey.Heartbeat);
        _tap.OnNextResponse<HeartbeatResponse>(r => r.ErrorCode = error);

        while (_tap.Count(ApiKey.Heartbeat) < before + 3)
        {
            await Task.Yield();
        }

        Assert.DoesNotContain(member.Events, e => e.Kind == RebalanceKind.Lost);
        Assert.Null(member.Fault);
        Assert.Equal(5, (await member.Consumer.CommittedAsync([Partition])).Single().Offset);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_member_whose_session_ended_loses_its_partitions_and_comes_back()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        var options = BrokerOptions.Of([("log.dirs", "/data"), ("listeners", "PLAINTEXT://127.0.0.1:0"), ("group.initial.rebalance.delay.ms", "0")]);
        await using var broker = await Broker.Broker.StartAsync(options, clock, new MemoryDisk(clock), new Random(1), NullLoggerFactory.Instance);
        await using var client = await OuzelClient.ConnectAsync(new OuzelClientOptions { BootstrapServers = $"127.0.0.1:{broker.Listeners[0].Port}", Connect = _tap.ConnectAsync, RetryBackoffMs = 10 });
        await client.CreateTopicAsync("t", 1);
        await client.ProduceAsync("t", 0, "a");
        await using var member = new GroupMember(client, Quick(Assignor.Range));
        await member.UntilAsync(m => !m.Values.IsEmpty);
        var lived = member.Consumer.MemberId;

        var quiet = _tap.Hold(ApiKey.Heartbeat);
        await quiet.Reached;
        for (var second = 0; second <= 45; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        quiet.Release();
        await member.UntilAsync(m => m.Events.Any(e => e.Kind == RebalanceKind.Lost) && m.Consumer.Assignment.Count == 1);
        Assert.NotEqual(lived, member.Consumer.MemberId);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_application_that_is_too_slow_loses_its_place_and_gets_it_back_when_it_returns()
    {
        await _client.ProduceAsync("t", 0, "a");
        var (isHandling, mayFinish) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var slow = new GroupMember(_client, Quick(Assignor.Range, maxPollMs: 200), async _ =>
        {
            isHandling.TrySetResult();
            await mayFinish.Task;
        });
        await isHandling.Task;

        await slow.UntilAsync(m => m.Events.LastOrDefault()?.Kind == RebalanceKind.Lost);

        Assert.Contains("max.poll.interval.ms", slow.Events.Last().Reason, StringComparison.Ordinal);
        Assert.Empty(slow.Consumer.Assignment);
        mayFinish.SetResult();
        await slow.HasAsync(4);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_topic_that_grows_is_read_whole()
    {
        await using var member = new GroupMember(_client, Quick(Assignor.Range));
        await member.HasAsync(4);

        await _client.AddPartitionsAsync("t", 6);
        await _client.Metadata.RefreshAsync();

        await member.HasAsync(6);
        Assert.Contains("has 6 partitions", member.Events.Last().Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_topic_that_is_made_later_is_read_then()
    {
        var options = new ConsumerOptions { OffsetReset = StartPosition.Earliest, HeartbeatIntervalMs = 20, AllowAutoCreateTopics = false };
        await using var consumer = _client.CreateConsumer<string, string>("later", ["later"], options);
        var reading = FirstAsync(consumer);

        await _client.CreateTopicAsync("later", 1);
        await _client.ProduceAsync("later", 0, "a");

        Assert.Equal("a", await reading);
    }

    [Fact(Timeout = 60_000)]
    public async Task Offsets_that_were_committed_by_hand_are_where_the_next_member_begins()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 10));
        await using (var first = _client.CreateConsumer<string, string>("g", ["t"], new ConsumerOptions { OffsetReset = StartPosition.Earliest, AutoCommit = false }))
        {
            await foreach (var record in first.ReadAsync())
            {
                if (record.Offset == 3)
                {
                    await record.CommitAsync();
                }

                if (record.Offset == 6)
                {
                    break;
                }
            }
        }

        await using var second = _client.CreateConsumer<string, string>("g", ["t"]);
        Assert.Equal("v4", await FirstAsync(second));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_seek_while_partitions_are_assigned_decides_where_reading_begins()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 10));
        Consumer<string, string>? consumer = null;
        consumer = _client.CreateConsumer<string, string>("g", ["t"], new ConsumerOptions
        {
            OnRebalance = (change, _) =>
            {
                if (change.Kind == RebalanceKind.Assigned)
                {
                    consumer!.Seek(Partition, 7);
                }

                return ValueTask.CompletedTask;
            },
        });
        await using (consumer)
        {
            Assert.Equal("v7", await FirstAsync(consumer));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_handler_that_throws_ends_the_loop_and_not_the_group()
    {
        await _client.ProduceAsync("t", 0, "a");
        var times = 0;
        await using var consumer = _client.CreateConsumer<string, string>("g", ["t"], new ConsumerOptions
        {
            OffsetReset = StartPosition.Earliest,
            OnRebalance = (_, _) => Interlocked.Increment(ref times) == 1 ? throw new InvalidOperationException("mine") : ValueTask.CompletedTask,
        });

        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => FirstAsync(consumer))).Message);
        Assert.Equal("a", await FirstAsync(consumer));
    }

    private static ConsumerOptions Quick(Assignor assignor, string? instance = null, int heartbeatMs = 20, int maxPollMs = 300_000) => new()
    {
        Assignors = [assignor],
        GroupInstanceId = instance,
        HeartbeatIntervalMs = heartbeatMs,
        MaxPollIntervalMs = maxPollMs,
        OffsetReset = StartPosition.Earliest,
    };

    private static async Task<string?> FirstAsync(Consumer<string, string> consumer)
    {
        await foreach (var record in consumer.ReadAsync())
        {
            return record.Value;
        }

        return null;
    }
}
