using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>
/// Drives one shard: reads its log when this node becomes leader, then runs requests and deadlines one at a time, appends their records, applies them, and lets
/// answers go when everything appended so far is committed. Whoever brings work and finds nobody at it runs the queue empty; nobody ever waits for it.
/// </summary>
/// <param name="name">Topic and partition, for log lines.</param>
/// <param name="create">Makes an empty shard; each load begins with a fresh one.</param>
/// <param name="log">The partition's log.</param>
/// <param name="time">Both clocks and the one timer.</param>
/// <param name="logger">Told about loads and faults.</param>
internal sealed partial class ShardRuntime<TShard>(string name, Func<TShard> create, ICoordinatorLog log, TimeProvider time, ILogger logger) : IDisposable
    where TShard : class, ICoordinatorShard
{
    /// <summary>Requests that may wait for their turn; more are turned away with COORDINATOR_NOT_AVAILABLE, which clients retry.</summary>
    public const int WorkQueuedMax = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<Action> _work = new();
    private bool _running;

    // From here on only touched by whoever runs the queue.
    private TShard? _shard;
    private ITimer? _timer;
    private long _timerAtMs = long.MaxValue;

    /// <summary>What this node does with the partition now.</summary>
    public ShardState State { get; private set; }

    /// <summary>The loaded shard, for tests; requests go through <see cref="RunAsync"/>.</summary>
    public TShard? Shard => _shard;

    /// <summary>Runs one request on the shard, in its turn.</summary>
    /// <param name="operation">Handles the request and gives its answer to the reply, now or in a later step.</param>
    /// <param name="failure">Makes the response that carries an error.</param>
    public Task<T> RunAsync<T>(Func<TShard, CoordinatorMoment, Reply<T>, CoordinatorStep> operation, Func<ErrorCode, T> failure)
    {
        var reply = new Reply<T>(_outbox, failure);
        if (!Enqueue(() => Handle(operation, reply)))
        {
            reply.Fail(ErrorCode.CoordinatorNotAvailable);
        }

        return reply.Task;
    }

    /// <summary>Runs an event nobody waits for; without effect while the shard does not serve.</summary>
    public void Post(Func<TShard, CoordinatorMoment, CoordinatorStep> operation) => Enqueue(() =>
    {
        if (_shard is { } shard)
        {
            Perform(shard, operation);
        }
    }, always: true);

    public void Dispose()
    {
        Resign(int.MaxValue);
        _timer?.Dispose();
    }

    private bool Enqueue(Action work, bool always = false)
    {
        lock (_gate)
        {
            if (_work.Count >= WorkQueuedMax && !always)
            {
                return false;
            }

            _work.Enqueue(work);
            if (_running)
            {
                return true;
            }

            _running = true;
        }

        RunQueue();
        return true;
    }

    private void RunQueue()
    {
        while (true)
        {
            Action? work;
            lock (_gate)
            {
                if (!_work.TryDequeue(out work))
                {
                    _running = false;
                    return;
                }
            }

            work();
        }
    }

    private void Handle<T>(Func<TShard, CoordinatorMoment, Reply<T>, CoordinatorStep> operation, Reply<T> reply)
    {
        if (_shard is { } shard)
        {
            _unanswered.Add(reply);
            Perform(shard, (s, now) => operation(s, now, reply));
            return;
        }

        reply.Fail(State switch
        {
            ShardState.Loading => ErrorCode.CoordinatorLoadInProgress,
            ShardState.Failed => ErrorCode.CoordinatorNotAvailable,
            _ => ErrorCode.NotCoordinator,
        });
    }

    /// <summary>Runs an operation and all its steps. A fault in it leaves the shard's memory in doubt: it is folded anew from the log.</summary>
    private void Perform(TShard shard, Func<TShard, CoordinatorMoment, CoordinatorStep> operation)
    {
        CoordinatorMoment now = CoordinatorMoment.Of(time);
        try
        {
            CoordinatorStep step = operation(shard, now);
            while (true)
            {
                ErrorCode error = step.Records is { Count: > 0 } records ? Append(shard, records, now) : ErrorCode.None;
                if (step.Then is null)
                {
                    break;
                }

                step = step.Then(error);
            }
        }
        catch (Exception fault)
        {
            LogFault(logger, fault, name);
            if (State == ShardState.Loading)
            {
                // Reading again would end here again.
                Stop(ShardState.Failed, ErrorCode.CoordinatorNotAvailable);
            }
            else
            {
                Reload();
            }

            return;
        }

        SendAnswers();
        Arm(shard, now);
    }

    private ErrorCode Append(TShard shard, IReadOnlyList<CoordinatorRecord> records, CoordinatorMoment now)
    {
        CoordinatorAppend append = log.Append(CoordinatorBatch.Write(records, now.UtcMs));
        if (append.Error != ErrorCode.None)
        {
            LogRefused(logger, name, records.Count, append.Error);
            return CoordinatorErrors.FromAppend(append.Error);
        }

        for (int i = 0; i < records.Count; i++)
        {
            shard.Apply(append.BaseOffset + i, -1, records[i].Key, records[i].Value is { } value ? value : (ReadOnlyMemory<byte>?)null);
        }

        _offsetLast = append.BaseOffset + records.Count - 1;
        return ErrorCode.None;
    }

    /// <summary>Sets the one timer to the shard's next deadline.</summary>
    private void Arm(TShard shard, CoordinatorMoment now)
    {
        long atMs = shard.NextDeadlineMs ?? long.MaxValue;
        if (atMs == _timerAtMs)
        {
            return;
        }

        _timerAtMs = atMs;
        _timer ??= time.CreateTimer(_ => Enqueue(OnTimer, always: true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(
            atMs == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(atMs - now.TicksMs, 0)),
            Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        _timerAtMs = long.MaxValue;
        if (_shard is not { } shard)
        {
            return;
        }

        // A timer may fire a fraction early: then this arms it again for the rest.
        while (_shard == shard && shard.NextDeadlineMs <= CoordinatorMoment.Of(time).TicksMs)
        {
            Perform(shard, static (s, now) => s.Expire(now));
        }

        if (_shard == shard)
        {
            Arm(shard, CoordinatorMoment.Of(time));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition}: a request failed inside the coordinator; its state is read again from the log")]
    private static partial void LogFault(ILogger logger, Exception fault, string partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition}: the log refused {Count} records: {Error}")]
    private static partial void LogRefused(ILogger logger, string partition, int count, ErrorCode error);
}
