using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Coordination;

public sealed class ShardRuntimeTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly MemoryCoordinatorLog _log = new();
    private readonly ShardRuntime<WordShard> _runtime;
    private string? _startsWith;

    public ShardRuntimeTests() =>
        _runtime = new ShardRuntime<WordShard>("words-0", _ => new WordShard { StartsWith = _startsWith }, _log, _clock, NullLogger.Instance);

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
        var read = Read();
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
        var written = Say("a");
        var waiting = _runtime.RunAsync<string>((s, _, reply) => s.Wait(reply), e => e.ToString());
        _runtime.Resign(2);
        Assert.Equal(("NotCoordinator", "NotCoordinator", "NotCoordinator"), (await written.WaitAsync(Limit), await waiting.WaitAsync(Limit), await Say("b")));
    }

    [Fact]
    public async Task A_commit_that_fails_fails_the_answer()
    {
        await Lead();
        _log.CommitsAtOnce = false;
        var written = Say("a");
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
        var waiting = _runtime.RunAsync<string>((s, _, reply) => s.Wait(reply), e => e.ToString());
        Assert.Equal("UnknownServerError", await _runtime.RunAsync<string>((s, _, _) => s.Break(), e => e.ToString()).WaitAsync(Limit));
        Assert.Equal("NotCoordinator", await waiting.WaitAsync(Limit));
        await Active();
        Assert.Equal("a,b", await Say("b"));
    }

    [Fact]
    public async Task A_fault_costs_what_it_touched_and_nothing_else()
    {
        await Lead();
        var waiting = _runtime.RunAsync<string>((s, _, reply) => s.Wait(reply), e => e.ToString());
        Assert.Equal("UnknownServerError", await _runtime.RunAsync<string>((s, _, reply) => s.BreakAlone(new Reply<string>([], e => e.ToString())), e => e.ToString()).WaitAsync(Limit));
        Assert.Equal("kept,b", await Say("b"));
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task What_a_failed_operation_said_is_not_told()
    {
        await Lead();
        Assert.NotEqual("said too early", await _runtime.RunAsync<string>((s, _, reply) => s.BreakAlone(reply), e => e.ToString()).WaitAsync(Limit));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_costs_itself_alone()
    {
        _log.Add(CoordinatorBatch.Write([WordShard.Record("a"), new CoordinatorRecord([0xff], []), WordShard.Record("c")], 1));
        _log.Commit();
        await Lead();
        Assert.Equal("a,c", await Read());
    }

    [Fact]
    public async Task A_batch_with_a_wrong_checksum_is_passed_over_and_what_lies_around_it_is_read()
    {
        _log.Add(CoordinatorBatch.Write([WordShard.Record("before")], 1));
        var damaged = At(1, "damaged");
        damaged[^3] ^= 0x20;
        _log.Add(damaged);
        _log.Add(At(2, "behind"));
        _log.Commit();
        await Lead();
        Assert.Equal("before,behind", await Read());
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_read_again_after_a_while()
    {
        _log.Add(CoordinatorBatch.Write([WordShard.Record("old")], 1));
        _log.Commit();
        _log.ReadsFailing = 2;
        _runtime.Lead(1);
        await Until(() => _runtime.State == ShardState.Failed);
        Assert.Equal("CoordinatorNotAvailable", await Say("a"));
        _clock.AdvanceMs(1_000);
        await Until(() => _runtime.State == ShardState.Failed && _log.ReadsFailing == 0);
        _clock.AdvanceMs(1_999);
        Assert.Equal(ShardState.Failed, _runtime.State);
        _clock.AdvanceMs(1);
        await Active();
        Assert.Equal("old", await Read());
    }

    [Fact]
    public async Task When_the_disk_is_gone_everybody_who_waits_is_told()
    {
        await Lead();
        var waiting = _runtime.RunAsync<string>((s, _, reply) => s.Wait(reply), e => e.ToString());
        _log.IsOffline = true;
        Assert.True(_runtime.IsLost);
        _runtime.CheckLog();
        Assert.Equal(("CoordinatorNotAvailable", "CoordinatorNotAvailable"), (await waiting.WaitAsync(Limit), await Say("a")));
        _clock.AdvanceMs(600_000);
        Assert.Equal(ShardState.Failed, _runtime.State);
    }

    [Fact]
    public async Task While_an_append_waits_for_the_disk_nobody_waits_with_it_and_the_order_stays()
    {
        await Lead();
        _log.Appending = new TaskCompletionSource();
        Task<string> first = Say("a"), second = Say("b");
        Assert.False(first.IsCompleted || second.IsCompleted);
        var appending = _log.Appending;
        _log.Appending = null;
        appending.SetResult();
        Assert.Equal(("a", "a,b"), (await first.WaitAsync(Limit), await second.WaitAsync(Limit)));
    }

    [Fact]
    public async Task Records_that_need_not_stay_together_go_in_batches_that_the_log_takes()
    {
        await Lead();
        _log.BatchBytesMax = 1_000;
        var said = _runtime.RunAsync<string>((s, _, reply) => s.SayAll(Enumerable.Range(0, 100).Select(i => $"word {i:000}"), reply), e => e.ToString());
        Assert.Equal("None", await said.WaitAsync(Limit));
        Assert.True(_log.AppendedBytes.Count > 1);
        Assert.All(_log.AppendedBytes, bytes => Assert.InRange(bytes, 1, 1_000));
        Assert.Equal(100, (await Read()).Split(',').Length);
    }

    [Fact]
    public async Task A_request_whose_client_goes_is_let_go()
    {
        await Lead();
        var context = new RequestContext { ApiKey = ApiKey.JoinGroup, Origin = null! };
        var waiting = _runtime.RunAsync<string>((s, _, reply) => s.Wait(reply), e => e.ToString(), context);
        Assert.False(waiting.IsCompleted);
        context.Waiting!.Abandon(context);
        Assert.Equal("NotCoordinator", await waiting.WaitAsync(Limit));
        Assert.Equal("a", await Say("a"));
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
    public async Task However_many_requests_come_at_once_each_has_its_turn()
    {
        await Lead();
        var waiting = new List<Task<string>>();
        var outer = _runtime.RunAsync<string>((s, _, reply) =>
        {
            // Whoever runs the queue is here: what comes now must wait.
            for (var i = 0; i < 10_002; i++)
            {
                waiting.Add(Say(i % 1_000 == 0 ? "x" : ""));
            }

            reply.Set("done");
            return CoordinatorStep.Done;
        }, e => e.ToString());
        Assert.Equal("done", await outer.WaitAsync(Limit));
        var answers = await Task.WhenAll(waiting).WaitAsync(Limit);
        Assert.Equal(Enumerable.Range(0, 10_002), answers.Select(a => a.Count(c => c == ',')));
    }

    [Fact]
    public async Task Looks_at_the_disk_that_are_asked_for_while_one_waits_are_one()
    {
        await Lead();
        _log.Appending = new TaskCompletionSource();
        var appending = Say("a");
        for (var i = 0; i < 1_000; i++)
        {
            _runtime.CheckLog();
        }

        Assert.Equal(1, _runtime.QueuedCount);
        _log.IsOffline = true;
        _log.Appending.SetResult();
        await appending.WaitAsync(Limit);
        Assert.Equal("CoordinatorNotAvailable", await Read().WaitAsync(Limit));
    }

    [Fact]
    public async Task A_shard_that_cannot_even_be_dropped_is_read_again_after_a_while()
    {
        await Lead();
        await Say("a");
        _runtime.Shard!.BreaksAtEnd = true;
        Assert.Equal("UnknownServerError", await _runtime.RunAsync<string>((s, _, _) => s.Break(), e => e.ToString()).WaitAsync(Limit));
        Assert.Equal("CoordinatorNotAvailable", await Read().WaitAsync(Limit));
        _clock.AdvanceMs(1_000);
        await Active();
        Assert.Equal("a", await Read().WaitAsync(Limit));
    }

    [Fact]
    public async Task A_request_whose_error_cannot_be_made_keeps_no_other_waiting()
    {
        await Lead();
        var broken = _runtime.RunAsync<string>((s, _, reply) => s.Wait(reply), _ => throw new InvalidOperationException("broken on purpose"));
        var other = _runtime.RunAsync<string>((s, _, reply) => s.Wait(reply), e => e.ToString());
        _runtime.Resign(2);
        Assert.Equal("NotCoordinator", await other.WaitAsync(Limit));
        await Assert.ThrowsAsync<InvalidOperationException>(() => broken.WaitAsync(Limit));
        Assert.Equal("NotCoordinator", await Read().WaitAsync(Limit));
    }

    [Fact]
    public async Task A_step_goes_on_once_its_records_are_committed_and_not_before()
    {
        await Lead();
        _log.CommitsAtOnce = false;
        var said = _runtime.RunAsync<string>((s, _, reply) => s.SayThen("a", "effect", reply), e => e.ToString());
        Assert.Equal((1, false), (_log.EndOffset, said.IsCompleted));
        _log.Commit();
        Assert.Equal(2, _log.EndOffset);
        _log.Commit();
        Assert.Equal("a,effect", await said.WaitAsync(Limit));
    }

    [Fact]
    public async Task What_was_to_go_on_after_a_commit_is_forgotten_when_leadership_goes()
    {
        await Lead();
        _log.CommitsAtOnce = false;
        var said = _runtime.RunAsync<string>((s, _, reply) => s.SayThen("a", "effect", reply), e => e.ToString());
        _runtime.Resign(2);
        Assert.Equal("NotCoordinator", await said.WaitAsync(Limit));
        _log.Commit();
        await Lead(3);
        Assert.Equal("a", await Read().WaitAsync(Limit));
    }

    [Fact]
    public async Task What_was_to_go_on_is_told_when_the_commit_fails()
    {
        await Lead();
        _log.CommitsAtOnce = false;
        var said = _runtime.RunAsync<string>((s, _, reply) => s.SayThen("a", "effect", reply), e => e.ToString());
        _log.Commit(ErrorCode.NotEnoughReplicasAfterAppend);
        _log.Commit();
        Assert.Equal("CoordinatorNotAvailable", await said.WaitAsync(Limit));
        Assert.Equal(1, _log.EndOffset);
    }

    [Fact]
    public async Task Effects_begin_after_loading_and_when_what_was_loaded_is_committed()
    {
        _log.Add(CoordinatorBatch.Write([WordShard.Record("old")], 1));
        _startsWith = "effect";
        await Lead();
        Assert.Equal(1, _log.EndOffset);
        _runtime.CheckLog();
        Assert.Equal(1, _log.EndOffset);
        _log.Commit();
        await Until(() => _log.EndOffset == 2);
        Assert.Equal("old,effect", await Read().WaitAsync(Limit));
    }

    [Fact]
    public async Task Records_of_a_transaction_carry_its_producer_and_count_as_its_own_live_and_when_read_again()
    {
        await Lead();
        Assert.Equal("in@7", await _runtime.RunAsync<string>((s, _, reply) => s.Say("in", reply) with { Producer = new CoordinatorProducer(7, 3) }, e => e.ToString()).WaitAsync(Limit));
        Assert.True(RecordBatch.TryRead((await _log.ReadAsync(0, 1)).Span, out var batch, out _));
        Assert.Equal((7L, (short)3, true), (batch.ProducerId, batch.ProducerEpoch, batch.IsTransactional));
        Assert.Equal(ErrorCode.None, await _runtime.EndTransactionAsync(new CoordinatorMarker(new CoordinatorProducer(7, 3), 5, IsCommit: true)).WaitAsync(Limit));
        Assert.Equal("in@7,commit@7", await Read().WaitAsync(Limit));
        _runtime.Resign(2);
        await Lead(3);
        Assert.Equal("in@7,commit@7", await Read().WaitAsync(Limit));
    }

    [Fact]
    public async Task A_marker_that_the_log_refuses_is_not_seen_and_its_sender_is_told_why()
    {
        await Lead();
        _log.AppendErrors.Enqueue(ErrorCode.TransactionCoordinatorFenced);
        var marker = new CoordinatorMarker(new CoordinatorProducer(7, 3), 5, IsCommit: false);
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, await _runtime.EndTransactionAsync(marker).WaitAsync(Limit));
        Assert.Equal("", await Read().WaitAsync(Limit));
        _runtime.Resign(2);
        Assert.Equal(ErrorCode.NotCoordinator, await _runtime.EndTransactionAsync(marker).WaitAsync(Limit));
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

    private static byte[] At(long offset, string word)
    {
        var batch = CoordinatorBatch.Write([WordShard.Record(word)], 1);
        RecordBatch.SetBaseOffset(batch, offset);
        return batch;
    }

    private static byte[] Transactional(string word, long offset)
    {
        using var builder = new RecordBatchBuilder { BaseOffset = offset, ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true };
        var record = WordShard.Record(word);
        builder.Append(1, record.Key, record.Value);
        return builder.BuildArray();
    }
}
