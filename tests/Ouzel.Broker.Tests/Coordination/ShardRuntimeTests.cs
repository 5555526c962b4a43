using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Coordination;

public sealed class ShardRuntimeTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly FakeClock _clock = new();
    private readonly MemoryCoordinatorLog _log = new();
    private readonly ShardRuntime<WordShard> _runtime;

    public ShardRuntimeTests() =>
        _runtime = new ShardRuntime<WordShard>("words-0", () => new WordShard(), _log, _clock, NullLogger.Instance);

    public void Dispose() => _runtime.Dispose();

    [Fact]
    public async Task Before_leadership_requests_are_sent_away()
    {
        Assert.Equal("NotCoordinator", await Say("a"));
    }

    [Fact]
    public async Task While_the_log_is_read_requests_are_told_to_come_back()
    {
        _log.Add(CoordinatorBatch.Write([WordShard.Record("old")], 1));
        _log.Commit();
        _log.Reading = new TaskCompletionSource();
        _runtime.Lead(1);
        Assert.Equal("CoordinatorLoadInProgress", await Say("a"));
        _log.Reading.SetResult();
        await Active();
        Assert.Equal("old,a", await Say("a"));
    }

    [Fact]
    public async Task A_partition_without_records_is_served_at_once()
    {
        _runtime.Lead(1);
        Assert.Equal("a", await Say("a"));
    }

    [Fact]
    public async Task Requests_run_in_order_and_each_sees_what_came_before()
    {
        await Lead();
        Task<string>[] answers = [.. "abcdef".Select(c => Say(c.ToString()))];
        Assert.Equal(["a", "a,b", "a,b,c", "a,b,c,d", "a,b,c,d,e", "a,b,c,d,e,f"], await Task.WhenAll(answers).WaitAsync(Limit));
    }

    [Fact]
    public async Task An_answer_leaves_only_when_its_record_is_committed()
    {
        await Lead();
        _log.CommitsAtOnce = false;
        Task<string> first = Say("a"), second = Say("b");
        Assert.False(first.IsCompleted || second.IsCompleted);
        _log.Commit();
        Assert.Equal(("a", "a,b"), (await first.WaitAsync(Limit), await second.WaitAsync(Limit)));
    }

    [Fact]
    public async Task An_answer_without_records_waits_for_what_it_rests_on()
    {
        await Lead();
        _log.CommitsAtOnce = false;
        Task<string> written = Say("a"), read = Read();
        Assert.False(read.IsCompleted);
        _log.Commit();
        Assert.Equal(("a", "a"), (await written.WaitAsync(Limit), await read.WaitAsync(Limit)));
    }

    [Fact]
    public async Task What_was_loaded_is_not_told_before_it_is_committed()
    {
        _log.Add(CoordinatorBatch.Write([WordShard.Record("old")], 1));
        await Lead();
        Task<string> read = Read();
        Assert.False(read.IsCompleted);
        _log.Commit();
        Assert.Equal("old", await read.WaitAsync(Limit));
    }

    [Fact]
    public async Task A_refused_append_changes_nothing_and_says_why()
    {
        await Lead();
        _log.AppendErrors.Enqueue(ErrorCode.NotEnoughReplicas);
        Assert.Equal("CoordinatorNotAvailable", await Say("a"));
        _log.AppendErrors.Enqueue(ErrorCode.MessageTooLarge);
        Assert.Equal("UnknownServerError", await Say("b"));
        Assert.Equal("c", await Say("c"));
    }

    [Fact]
    public async Task Resigning_fails_everything_that_waits()
    {
        await Lead();
        _log.CommitsAtOnce = false;
        Task<string> written = Say("a");
        Task<string> waiting = _runtime.RunAsync<string>((s, _, reply) => s.Wait(reply), e => e.ToString());
        _runtime.Resign(2);
        Assert.Equal(("NotCoordinator", "NotCoordinator", "NotCoordinator"), (await written.WaitAsync(Limit), await waiting.WaitAsync(Limit), await Say("b")));
    }

    [Fact]
    public async Task A_commit_that_fails_fails_the_answer()
    {
        await Lead();
        _log.CommitsAtOnce = false;
        Task<string> written = Say("a");
        _log.Commit(ErrorCode.NotLeaderOrFollower);
        Assert.Equal("NotCoordinator", await written.WaitAsync(Limit));
    }

    [Fact]
    public async Task Old_news_of_leadership_is_ignored()
    {
        await Lead(5);
        _runtime.Resign(4);
        _runtime.Lead(3);
        Assert.Equal("a", await Say("a"));
        _runtime.Resign(6);
        _runtime.Lead(5);
        Assert.Equal("NotCoordinator", await Say("b"));
    }

    [Fact]
    public async Task A_fault_fails_what_waits_and_folds_the_state_anew()
    {
        await Lead();
        await Say("a");
        Task<string> waiting = _runtime.RunAsync<string>((s, _, reply) => s.Wait(reply), e => e.ToString());
        Assert.Equal("NotCoordinator", await _runtime.RunAsync<string>((s, _, _) => s.Break(), e => e.ToString()).WaitAsync(Limit));
        Assert.Equal("NotCoordinator", await waiting.WaitAsync(Limit));
        await Active();
        Assert.Equal("a,b", await Say("b"));
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_not_served()
    {
        _log.Add(CoordinatorBatch.Write([new CoordinatorRecord([0xff], [])], 1));
        _log.Commit();
        _runtime.Lead(1);
        await Until(() => _runtime.State == ShardState.Failed);
        Assert.Equal("CoordinatorNotAvailable", await Say("a"));
    }

    [Fact]
    public async Task Loading_ends_at_a_gap_that_compaction_left()
    {
        _log.Add(CoordinatorBatch.Write([WordShard.Record("old")], 1));
        _log.SkipTo(100);
        _log.Commit();
        await Lead();
        Assert.Equal("old", await Read());
    }

    [Fact]
    public async Task Loading_takes_a_batch_larger_than_it_asks_for()
    {
        _log.Add(CoordinatorBatch.Write([WordShard.Record(new string('x', 3 << 20)), WordShard.Record("y")], 1));
        _log.Commit();
        await Lead();
        Assert.EndsWith(",y", await Read(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_of_transactions_reach_the_shard()
    {
        _log.Add(Transactional("in", 0));
        _log.Add(ControlRecord.EndTransaction(true, 7, 0, 0, 1, baseOffset: 1));
        _log.Commit();
        await Lead();
        Assert.Equal("in@7,commit@7", await Read());
    }

    [Fact]
    public async Task Deadlines_fire_at_their_time()
    {
        await Lead();
        await _runtime.RunAsync<string>((s, now, reply) => s.WakeAt(now.TicksMs + 500, reply), e => e.ToString());
        _clock.AdvanceMs(499);
        Assert.Equal("", await Read());
        _clock.AdvanceMs(1);
        Assert.Equal("woken", await Read());
    }

    [Fact]
    public async Task Too_many_requests_at_once_are_turned_away()
    {
        await Lead();
        var turnedAway = new List<Task<string>>();
        Task<string> outer = _runtime.RunAsync<string>((s, _, reply) =>
        {
            // Whoever runs the queue is here: what comes now must wait.
            for (int i = 0; i < ShardRuntime<WordShard>.WorkQueuedMax + 2; i++)
            {
                turnedAway.Add(Read());
            }

            reply.Set("done");
            return CoordinatorStep.Done;
        }, e => e.ToString());
        Assert.Equal("done", await outer.WaitAsync(Limit));
        string[] answers = await Task.WhenAll(turnedAway).WaitAsync(Limit);
        Assert.Equal(2, answers.Count(a => a == "CoordinatorNotAvailable"));
    }

    [Fact]
    public async Task Many_callers_at_once_lose_nothing()
    {
        await Lead();
        Task<string>[] answers = [.. Enumerable.Range(0, 8).SelectMany(t => Enumerable.Range(0, 100).Select(i => Task.Run(() => Say($"{t}.{i}"))))];
        await Task.WhenAll(answers).WaitAsync(Limit);
        Assert.Equal(800, (await Read()).Split(',').Distinct().Count());
    }

    private async Task Lead(int epoch = 1)
    {
        _runtime.Lead(epoch);
        await Active();
    }

    private Task Active() => Until(() => _runtime.State == ShardState.Active);

    private static async Task Until(Func<bool> done)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!done())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task<string> Say(string word) => _runtime.RunAsync<string>((s, _, reply) => s.Say(word, reply), e => e.ToString());

    private Task<string> Read() => _runtime.RunAsync<string>((s, _, reply) => s.Read(reply), e => e.ToString());

    private static byte[] Transactional(string word, long offset)
    {
        using var builder = new RecordBatchBuilder { BaseOffset = offset, ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true };
        CoordinatorRecord record = WordShard.Record(word);
        builder.Append(1, record.Key, record.Value);
        return builder.BuildArray();
    }
}
