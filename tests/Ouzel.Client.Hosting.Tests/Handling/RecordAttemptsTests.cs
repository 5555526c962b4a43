using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Client.Hosting.Handling;
using Ouzel.Client.Hosting.Health;
using Ouzel.Client.Hosting.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Hosting.Tests.Handling;

/// <summary>A record's attempts, on a clock that the test moves.</summary>
public sealed class RecordAttemptsTests
{
    private readonly WaitableClock _clock = new();
    private readonly HandlerHealth _health = new("billing");

    [Fact(Timeout = 120_000)]
    public async Task A_record_is_tried_again_after_delays_that_double()
    {
        var work = new Work(failures: 3);
        var handled = Attempts(work, h => h.Retry(10, TimeSpan.FromMilliseconds(200)).SkipFailed()).HandleAsync(Record(0), default);

        Assert.Equal(200, await PassedMsAsync());
        Assert.Equal(400, await PassedMsAsync());
        Assert.Equal(800, await PassedMsAsync());
        await handled;
        Assert.Equal(4, work.Calls);
        Assert.Null(_health.Failing);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_bound_a_record_is_tried_until_it_succeeds_and_shows_in_the_health()
    {
        var work = new Work(failures: 20);
        var handled = Attempts(work, h => h.Retry(firstDelay: TimeSpan.FromSeconds(1), maxDelay: TimeSpan.FromSeconds(60))).HandleAsync(Record(0), default);
        for (var i = 0; i < 19; i++)
        {
            await PassedMsAsync();
        }

        Assert.Equal(1, _health.Failing?.Count);
        Assert.Equal(60_000, await PassedMsAsync());
        await handled;
        Assert.Null(_health.Failing);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_the_last_attempt_a_record_is_passed_over()
    {
        var work = new Work(failures: int.MaxValue);
        var handled = Attempts(work, h => h.Retry(2, TimeSpan.FromMilliseconds(1)).SkipFailed()).HandleAsync(Record(0), default);

        await PassedMsAsync();
        await handled;
        Assert.Equal(2, work.Calls);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_record_that_cannot_be_decoded_is_tried_once_when_there_is_a_place_for_it()
    {
        var work = new Work(failures: int.MaxValue) { Failure = new UnreadableRecordException("no order", new FormatException()) };

        await Attempts(work, h => h.Retry(5).SkipFailed()).HandleAsync(Record(0), default);

        Assert.Equal(1, work.Calls);
    }

    [Fact(Timeout = 120_000)]
    public async Task Waiting_for_the_next_attempt_takes_no_place_from_others()
    {
        var work = new Work(failures: 1);
        var attempts = Attempts(work, h => h.InOrderPerKey(1).Retry(5, TimeSpan.FromHours(1)).SkipFailed());
        var waiting = attempts.HandleAsync(Record(0), default);

        await attempts.HandleAsync(Record(1), default);

        Assert.False(waiting.IsCompleted);
        await PassedMsAsync();
        await waiting;
    }

    [Fact(Timeout = 120_000)]
    public async Task A_record_whose_time_is_over_is_not_handled()
    {
        using var cancel = new CancellationTokenSource();
        var handled = Attempts(new Work(failures: 1), h => h.Retry()).HandleAsync(Record(0), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handled);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_record_that_is_cancelled_has_not_failed_whatever_it_throws()
    {
        using var cancel = new CancellationTokenSource();
        var work = new Work(failures: int.MaxValue) { Before = cancel.Cancel };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Attempts(work, h => h.Retry(1).SkipFailed()).HandleAsync(Record(0), cancel.Token));

        Assert.Equal(1, work.Calls);
        Assert.Null(_health.Failing);
    }

    private static Record<byte[], byte[]> Record(long offset) =>
        new(new TopicPartitionOffset(new TopicPartition("t", 0), offset), DateTimeOffset.UnixEpoch, TimestampType.CreateTime, null, null, []);

    private RecordAttempts Attempts(Work work, Action<HandlerBuilder> configure)
    {
        var builder = new HandlerBuilder();
        configure(builder);
        return new RecordAttempts(builder.Build("billing", ["t"]), work, null, _health, _clock, NullLogger.Instance);
    }

    private async Task<double> PassedMsAsync() => (await _clock.PassAsync()).TotalMilliseconds;

    /// <summary>Fails a number of times, then succeeds.</summary>
    private sealed class Work(int failures) : IRecordWork
    {
        private int _calls;

        public int Calls => _calls;

        public Exception Failure { get; init; } = new InvalidOperationException("the till is closed");

        public Action Before { get; init; } = static () => { };

        public ValueTask HandleAsync(Record<byte[], byte[]> raw, CancellationToken cancellation)
        {
            Before();
            return Interlocked.Increment(ref _calls) <= failures ? ValueTask.FromException(Failure) : ValueTask.CompletedTask;
        }
    }
}
