using Microsoft.Extensions.Logging;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Coordination;

/// <summary>
/// Drives one shard: reads its log when this node becomes leader, then runs requests and deadlines one at a time, appends their records, applies them, and lets
/// answers go when everything appended so far is committed. Whoever brings work and finds nobody at it runs the queue empty; nobody ever waits for it.
/// While the disk makes an append wait, the queue stands still and whoever ran it goes on; the append's end takes the queue up again.
/// </summary>
/// <remarks>
/// The queue has no bound of its own and refuses nobody: a request in the middle that was refused would be overtaken by the next of its connection. Whoever sends one waits
/// for its response, which holds the connection's next requests back, and a request of many parts brings a bounded number of them at a time. So there are never more than
/// connections times parts.
/// </remarks>
/// <param name="name">Topic and partition, for log lines.</param>
/// <param name="create">Makes an empty shard for a leader epoch; each load begins with a fresh one.</param>
/// <param name="log">The partition's log.</param>
/// <param name="time">Both clocks and the one timer.</param>
/// <param name="logger">Told about loads and faults.</param>
/// <param name="loads">Counts loads, for one line about all of them; null when nobody does.</param>
internal sealed partial class ShardRuntime<TShard>(
    string name, Func<int, TShard> create, ICoordinatorLog log, TimeProvider time, ILogger logger, CoordinatorLoads? loads = null) : IDisposable
    where TShard : class, ICoordinatorShard
{
    /// <summary>Deadlines handled in one turn: requests that came meanwhile go in between.</summary>
    private const int DeadlinesPerTurnMax = 256;

    private readonly Lock _gate = new();
    private readonly Queue<Func<ValueTask>> _work = new();
    private bool _running;
    private int _isCheckQueued;

    // From here on only touched by whoever runs the queue.
    private TShard? _shard;
    private ITimer? _timer;
    private long _timerAtMs = long.MaxValue;
    private bool _isStateInDoubt;

    /// <summary>The state of the partition on this node.</summary>
    public ShardState State { get; private set; }

    /// <summary>Nobody can be served until somebody does something about it.</summary>
    public bool IsLost => State == ShardState.Failed || log.IsOffline;

    /// <summary>The number waiting for their turn.</summary>
    public int QueuedCount
    {
        get
        {
            lock (_gate)
            {
                return _work.Count;
            }
        }
    }

    /// <summary>The loaded shard, for tests; requests go through <see cref="RunAsync"/>.</summary>
    public TShard? Shard => _shard;

    /// <summary>Runs one request on the shard, in its turn.</summary>
    /// <param name="operation">Handles the request and gives its response to the reply, now or in a later step.</param>
    /// <param name="failure">Makes the response that carries an error.</param>
    /// <param name="waiter">The request, when its response may be long in coming: it is let go when its client goes.</param>
    public Task<T> RunAsync<T>(Func<TShard, CoordinatorMoment, Reply<T>, CoordinatorStep> operation, Func<ErrorCode, T> failure, RequestContext? waiter = null)
    {
        var reply = new Reply<T>(_outbox, failure);
        if (waiter is not null)
        {
            waiter.Waiting = new Abandonment(() => Enqueue(() => Abandon(reply)));
        }

        Enqueue(() => HandleAsync(operation, reply));
        return reply.Task;
    }

    /// <summary>Stores the end of a transaction that wrote here, and lets the shard see it. Done when it is committed.</summary>
    public Task<ErrorCode> EndTransactionAsync(CoordinatorMarker marker) => RunAsync<ErrorCode>(
        (_, _, reply) => new CoordinatorStep(null, error =>
        {
            reply.Set(error);
            return CoordinatorStep.Done;
        })
        {
            Marker = marker,
        },
        static error => error);

    /// <summary>Runs an event nobody waits for; without effect while the shard does not serve.</summary>
    public void Post(Func<TShard, CoordinatorMoment, CoordinatorStep> operation) =>
        Enqueue(() => _shard is { } shard ? PerformAsync(shard, operation) : default);

    /// <summary>Looks whether the disk is still there; everybody who waits for a lost one is told. However often it is asked for, one look is queued.</summary>
    public void CheckLog()
    {
        if (Interlocked.Exchange(ref _isCheckQueued, 1) == 0)
        {
            Enqueue(() =>
            {
                Volatile.Write(ref _isCheckQueued, 0);
                GiveUpWhenOffline();
            });
        }
    }

    public void Dispose()
    {
        Resign(int.MaxValue);
        _timer?.Dispose();
    }

    private void Enqueue(Action work) => Enqueue(
        () =>
        {
            work();
            return default(ValueTask);
        });

    private void Enqueue(Func<ValueTask> work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            if (_running)
            {
                return;
            }

            _running = true;
        }

        _ = RunQueueAsync();
    }

    private async Task RunQueueAsync()
    {
        while (true)
        {
            Func<ValueTask>? work;
            lock (_gate)
            {
                if (!_work.TryDequeue(out work))
                {
                    _running = false;
                    return;
                }
            }

            try
            {
                await work();
            }
            catch (Exception fault)
            {
                // Whatever it was, the queue goes on: with what the log says.
                CoordinationEvents.OperationFailed(logger, fault, name);
                AbortInAnyCase();
            }
        }
    }

    private ValueTask HandleAsync<T>(Func<TShard, CoordinatorMoment, Reply<T>, CoordinatorStep> operation, Reply<T> reply)
    {
        if (reply.IsSet)
        {
            // Its client went before its turn came.
            return default;
        }

        GiveUpWhenOffline();
        if (_shard is { } shard)
        {
            _unanswered.Add(reply);
            return PerformAsync(shard, (s, now) => operation(s, now, reply), reply);
        }

        reply.Fail(State switch
        {
            ShardState.Loading => ErrorCode.CoordinatorLoadInProgress,
            ShardState.Failed => ErrorCode.CoordinatorNotAvailable,
            _ => ErrorCode.NotCoordinator,
        });
        return default;
    }

    /// <summary>
    /// Runs an operation and all its steps. A fault in it costs what it touched: that is brought back to what the log says. Where it cannot be told
    /// what that was, or the log's own records do not fold, everything is folded anew.
    /// </summary>
    private async ValueTask PerformAsync(TShard shard, Func<TShard, CoordinatorMoment, CoordinatorStep> operation, Reply? request = null)
    {
        var now = CoordinatorMoment.Of(time);
        var continuedBefore = _continuations.Count;
        try
        {
            var step = operation(shard, now);
            while (true)
            {
                var error = await AppendAsync(shard, step, now);
                if (error == ErrorCode.None && step.OnCommitted is { } goOn)
                {
                    _continuations.Add((_offsetLast, goOn));
                }

                if (step.Then is null)
                {
                    break;
                }

                step = step.Then(error);
            }
        }
        catch (Exception fault)
        {
            CoordinationEvents.OperationFailed(logger, fault, name);
            _continuations.RemoveRange(continuedBefore, _continuations.Count - continuedBefore);
            if (!TryRecover(shard, request, now))
            {
                Abort();
                return;
            }
        }

        SendResponses();
        Arm(shard, now);
        GiveUpWhenOffline();
    }

    private bool TryRecover(TShard shard, Reply? request, CoordinatorMoment now)
    {
        if (_isStateInDoubt || State != ShardState.Active)
        {
            return false;
        }

        // What the operation has said so far was said of a state that is taken back.
        foreach (var given in _outbox)
        {
            _unanswered.Remove(given);
            given.Fail(ErrorCode.NotCoordinator);
        }

        _outbox.Clear();
        if (request is not null)
        {
            _unanswered.Remove(request);
            request.Fail(ErrorCode.UnknownServerError);
        }

        try
        {
            return shard.TryRecover(now);
        }
        catch (Exception fault)
        {
            CoordinationEvents.OperationFailed(logger, fault, name);
            return false;
        }
    }

    /// <summary>
    /// Drops the state; where that cannot be done in order, nobody is served until it is read again: the queue goes on, or everybody would wait for ever.
    /// </summary>
    private void AbortInAnyCase()
    {
        try
        {
            Abort();
        }
        catch (Exception fault)
        {
            CoordinationEvents.OperationFailed(logger, fault, name);
            GiveUp();
        }
    }

    /// <summary>The state in memory is worth nothing any more.</summary>
    private void Abort()
    {
        if (State == ShardState.Active)
        {
            Reload();
        }
        else if (State == ShardState.Loading)
        {
            // Reading again at once would end here again.
            GiveUp();
        }
    }

    private ValueTask<ErrorCode> AppendAsync(TShard shard, in CoordinatorStep step, CoordinatorMoment now) =>
        step.Marker is { } marker ? AppendMarkerAsync(shard, marker, now)
        : step.Records is { Count: > 0 } records ? AppendAsync(shard, records, step.Producer, step.IsDivisible, now)
        : new(ErrorCode.None);

    /// <summary>Unlike other errors, those of a marker are for another coordinator: it is told the log's own.</summary>
    private async ValueTask<ErrorCode> AppendMarkerAsync(TShard shard, CoordinatorMarker marker, CoordinatorMoment now)
    {
        var batch = ControlRecord.EndTransaction(marker.IsCommit, marker.Producer.Id, marker.Producer.Epoch, marker.CoordinatorEpoch, now.UtcMs);
        var append = await log.AppendAsync(batch);
        if (append.Error != ErrorCode.None)
        {
            CoordinationEvents.Refused(logger, name, 1, append.Error);
            return append.Error;
        }

        _isStateInDoubt = true;
        shard.ApplyMarker(marker.Producer.Id, marker.IsCommit);
        _isStateInDoubt = false;
        _offsetLast = append.BaseOffset;
        return ErrorCode.None;
    }

    private async ValueTask<ErrorCode> AppendAsync(TShard shard, IReadOnlyList<CoordinatorRecord> records, CoordinatorProducer? producer, bool isDivisible, CoordinatorMoment now)
    {
        for (int from = 0, count; from < records.Count; from += count)
        {
            count = isDivisible ? CoordinatorPieces.Fit(records, from, log.BatchBytesMax) : records.Count;
            var append = await log.AppendAsync(CoordinatorBatch.Write(records.Skip(from).Take(count), now.UtcMs, producer));
            if (append.Error != ErrorCode.None)
            {
                CoordinationEvents.Refused(logger, name, count, append.Error);
                return CoordinatorErrors.FromAppend(append.Error);
            }

            _isStateInDoubt = true;
            for (var i = 0; i < count; i++)
            {
                var record = records[from + i];
                shard.Apply(append.BaseOffset + i, producer?.Id ?? -1, record.Key, record.Value is { } value ? value : (ReadOnlyMemory<byte>?)null);
            }

            _isStateInDoubt = false;
            _offsetLast = append.BaseOffset + count - 1;
        }

        return ErrorCode.None;
    }

    /// <summary>Sets the one timer to the shard's next deadline.</summary>
    private void Arm(TShard shard, CoordinatorMoment now) => Arm(shard.NextDeadlineMs ?? long.MaxValue, now);

    private void Arm(long atMs, CoordinatorMoment now)
    {
        if (atMs == _timerAtMs)
        {
            return;
        }

        _timerAtMs = atMs;
        _timer ??= time.CreateTimer(_ => Enqueue(OnTimerAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(
            atMs == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(atMs - now.TicksMs, 0)),
            Timeout.InfiniteTimeSpan);
    }

    private async ValueTask OnTimerAsync()
    {
        _timerAtMs = long.MaxValue;
        RetryLoad();
        if (_shard is not { } shard)
        {
            return;
        }

        // A timer may fire a fraction early: then this arms it again for the rest.
        for (var i = 0; i < DeadlinesPerTurnMax && _shard == shard && shard.NextDeadlineMs <= CoordinatorMoment.Of(time).TicksMs; i++)
        {
            await PerformAsync(shard, static (s, now) => s.Expire(now));
        }

        if (_shard == shard)
        {
            Arm(shard, CoordinatorMoment.Of(time));
        }
    }
}
