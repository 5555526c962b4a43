using System.Threading.Tasks.Sources;
using Ouzel.Broker.Jobs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Partitions;

/// <summary>What one Produce request appended: whom to tell, what has to be durable before it is acknowledged, and how long that may take. Used again for the next.</summary>
/// <remarks>
/// The race between the last append's being durable and the end of the producer's patience: both take the lock, and whoever comes first ends the wait. After a
/// timeout the response belongs to its connection and then to another request: whatever becomes of the appends later touches only this object, which goes back
/// to its pool with the last of them. What was appended stays appended.
/// </remarks>
internal sealed class Appends : WheelEntry, IValueTaskSource
{
    private readonly Lock _gate = new();
    private readonly List<Append> _all = [];
    private readonly List<AppendWait> _waits = [];
    private ManualResetValueTaskSourceCore<bool> _answer;
    private AppendsPool _pool = null!;
    private TimingWheel? _wheel;
    private int _pending;
    private bool _isWaiting;
    private bool _isTimedOut;
    private bool _isLetGo;
    private bool _hasDeadline;

    /// <summary>What a large request made large is not used again: a pool counts objects, not what they weigh.</summary>
    public bool IsSmall => _all.Capacity <= 256;

    /// <summary>For the next request.</summary>
    public void Begin(AppendsPool pool) => (_pool, _isTimedOut, _isLetGo) = (pool, false, false);

    /// <param name="bytes">0 when it was a repetition and nothing was written.</param>
    /// <param name="acknowledgedFrom">The end of the batch when its durability is waited for (acks=all), else -1.</param>
    /// <param name="told">What the response says of it.</param>
    public void Add(Partition partition, int bytes, bool isNewSegment, long acknowledgedFrom, ProduceResponse.PartitionProduceResponse told)
    {
        // The wait begins here, so that the syncs of all partitions go on side by side.
        var durable = acknowledgedFrom < 0 ? new(true) : partition.WaitAcknowledgedAsync(acknowledgedFrom, isBrief: true);
        _all.Add(new Append(partition, bytes, isNewSegment, durable, told));
    }

    /// <summary>An append that waits for a slow disk: what is told of it, and who is told, is known when it is done.</summary>
    public void AddQueued(Partition partition, Task<LogAppendResult> appended, int bytes, bool acksAll, ProduceResponse.PartitionProduceResponse told)
        => _all.Add(new Append(partition, 0, false, FinishAsync(partition, appended, bytes, acksAll, told), told));

    public void TellNews()
    {
        foreach (var append in _all)
        {
            if (append.Bytes > 0)
            {
                append.Partition.TellAppended(append.Bytes, append.IsNewSegment);
            }
        }
    }

    /// <summary>Completes when all of it may be acknowledged, or when time is over: what is missing then is told as REQUEST_TIMED_OUT. Await once.</summary>
    /// <param name="timeoutMs">Infinite: no end.</param>
    public ValueTask WaitAsync(TimingWheel wheel, int timeoutMs)
    {
        for (var i = 0; i < _all.Count; i++)
        {
            var durable = _all[i].Durable;
            if (durable.IsCompletedSuccessfully)
            {
                Settle(i, durable.Result, null);
            }
            else
            {
                _pending++;
            }
        }

        if (_pending == 0)
        {
            return default;
        }

        for (var i = 0; i < _all.Count; i++)
        {
            if (_waits.Count == i)
            {
                _waits.Add(new AppendWait());
            }

            // Those that were begun may be settled meanwhile; this one cannot be.
            if (!_all[i].IsDone)
            {
                _waits[i].Begin(this, i, _all[i].Durable);
            }
        }

        lock (_gate)
        {
            if (_pending == 0)
            {
                return default;
            }

            _answer.Reset();
            _isWaiting = true;
            _wheel = wheel;
            _hasDeadline = timeoutMs != Timeout.Infinite && _pool.MayLinger;
            if (_hasDeadline)
            {
                wheel.Start(this, timeoutMs);
            }

            return new ValueTask(this, _answer.Version);
        }
    }

    /// <summary>An append may be acknowledged, or never will. Called once for each, from any thread.</summary>
    public void OnDone(int index, bool isDurable, Exception? fault)
    {
        bool isOver, isLeft;
        lock (_gate)
        {
            Settle(index, isDurable, fault);
            if (--_pending > 0)
            {
                return;
            }

            (isOver, isLeft) = (_isWaiting, _isLetGo);
            _isWaiting = false;
        }

        if (isOver)
        {
            _wheel!.Cancel(this);
            _answer.SetResult(true);
        }
        else if (isLeft)
        {
            _all.Clear();
            _pool.EndLinger();
            _pool.Return(this);
        }
    }

    public bool HasErrors()
    {
        foreach (var append in _all)
        {
            if (append.Told.ErrorCode != ErrorCode.None)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The response is made. What still waits for its disk ends by itself.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            if (_pending > 0)
            {
                _pool.Linger();
                _isLetGo = true;
                return;
            }
        }

        _all.Clear();
        _pool.Return(this);
    }

    void IValueTaskSource.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _answer.OnCompleted(continuation, state, token, flags);

    protected internal override void OnDue()
    {
        lock (_gate)
        {
            // Late, and this object serves another request: that one is still held by the wheel, or does not wait.
            if (!_isWaiting || !_hasDeadline || IsPending)
            {
                return;
            }

            _isWaiting = false;
            _isTimedOut = true;
            foreach (var append in _all)
            {
                if (!append.IsDone)
                {
                    append.Told.ErrorCode = ErrorCode.RequestTimedOut;
                }
            }
        }

        _answer.SetResult(true);
    }

    /// <summary>True also for a refusal, which says itself why.</summary>
    private async ValueTask<bool> FinishAsync(Partition partition, Task<LogAppendResult> appended, int bytes, bool acksAll, ProduceResponse.PartitionProduceResponse told)
    {
        var result = await appended;
        lock (_gate)
        {
            if (!_isTimedOut)
            {
                ProducePieces.Fill(told, result);
            }
        }

        if (result.Error != ErrorCode.None)
        {
            return true;
        }

        if (!result.IsDuplicate)
        {
            partition.TellAppended(bytes, result.IsNewSegment);
        }

        return !acksAll || await partition.WaitAcknowledgedAsync(result.LastOffset + 1);
    }

    /// <summary>Under the lock, or before anybody else knows of the wait.</summary>
    private void Settle(int index, bool isDurable, Exception? fault)
    {
        var append = _all[index];
        _all[index] = append with { IsDone = true };
        if (!isDurable && !_isTimedOut)
        {
            var error = fault is null ? append.Partition.ReasonOf(ErrorCode.KafkaStorageError) : _pool.Faults.Tell(ApiKey.Produce, append.Partition.Name, fault);
            (append.Told.ErrorCode, append.Told.BaseOffset, append.Told.LogStartOffset) = (error, -1, -1);
        }
    }

    private readonly record struct Append(Partition Partition, int Bytes, bool IsNewSegment, ValueTask<bool> Durable, ProduceResponse.PartitionProduceResponse Told)
    {
        public bool IsDone { get; init; }
    }
}
