using System.Threading.Tasks.Sources;
using Ouzel.Broker.Jobs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Partitions;

/// <summary>
/// The appends of one Produce request: whom to tell, what has to be durable before it is acknowledged, and how long that may take. Used again for the next.
/// </summary>
/// <remarks>
/// The race between the last append's being acknowledged and the end of the producer's patience: both take the lock, and whoever comes first ends the wait. After a
/// timeout the response belongs to its connection and then to another request: whatever becomes of the appends later touches only this object, which goes back
/// to its pool with the last of them. What waits for replicas alone is cancelled; what waits for a disk stays until that answers. What was appended stays appended.
/// </remarks>
internal sealed class Appends : WheelEntry, IValueTaskSource
{
    private readonly Lock _gate = new();
    private readonly List<AppendWait> _waits = [];
    private ManualResetValueTaskSourceCore<bool> _answer;
    private AppendsPool _pool = null!;
    private TimingWheel? _wheel;
    private int _count;

    /// <summary>Waits that are not over.</summary>
    private int _pending;

    /// <summary>Waits that somebody still holds.</summary>
    private int _held;

    private bool _isWaiting;
    private bool _isLetGo;
    private bool _hasDeadline;

    /// <summary>False when a large request made it large; it is then not used again: a pool counts objects, not what they weigh.</summary>
    public bool IsSmall => _waits.Count <= 256;

    /// <summary>For the next request.</summary>
    public void Begin(AppendsPool pool) => (_pool, _isLetGo) = (pool, false);

    /// <param name="bytes">0 when it was a repetition and nothing was written.</param>
    /// <param name="acksAll">It is acknowledged only when every replica in sync has it, and it is durable.</param>
    /// <param name="told">What the response says of it.</param>
    public void Add(Partition partition, in LogAppendResult result, int bytes, bool acksAll, ProduceResponse.PartitionProduceResponse told)
    {
        var wait = Place(partition, bytes, result.IsNewSegment, told, isDone: !acksAll);
        if (acksAll)
        {
            // The wait begins here, so that the syncs of all partitions go on side by side.
            Hold();
            Acknowledge(wait, result);
        }
    }

    /// <summary>An append that waits for a slow disk: what is told of it, and who is told, is known when it is done.</summary>
    public void AddQueued(Partition partition, Task<LogAppendResult> appended, int bytes, bool acksAll, ProduceResponse.PartitionProduceResponse told)
    {
        var wait = Place(partition, 0, false, told, isDone: false);
        Hold();
        _ = FinishAsync(wait, appended, bytes, acksAll);
    }

    public void TellNews()
    {
        for (var i = 0; i < _count; i++)
        {
            var append = _waits[i];
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
        if (Volatile.Read(ref _pending) == 0)
        {
            return default;
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

    /// <summary>An append is acknowledged, or never will be. Called once for each that was begun, from any thread.</summary>
    public void OnEnded(AppendWait wait, ErrorCode error, Exception? fault, bool isLetGo)
    {
        bool isOver, isLeft;
        lock (_gate)
        {
            isOver = !wait.IsDone && Settle(wait, error, fault) && _isWaiting;
            if (isOver)
            {
                _isWaiting = false;
            }

            isLeft = isLetGo && IsLeft();
        }

        if (isOver)
        {
            _wheel!.Cancel(this);
            _answer.SetResult(true);
        }
        else if (isLeft)
        {
            EndLinger();
        }
    }

    /// <summary>A wait that was over is held by nobody any more.</summary>
    public void OnLetGo()
    {
        lock (_gate)
        {
            if (!IsLeft())
            {
                return;
            }
        }

        EndLinger();
    }

    public bool HasErrors()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_waits[i].Told.ErrorCode != ErrorCode.None)
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
            if (_held > 0)
            {
                _pool.Linger();
                _isLetGo = true;
                return;
            }
        }

        Clear();
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
            for (var i = 0; i < _count; i++)
            {
                var wait = _waits[i];
                if (!wait.IsDone)
                {
                    wait.Told.ErrorCode = ErrorCode.RequestTimedOut;
                    wait.IsDone = true;
                    Interlocked.Decrement(ref _pending);
                    if (wait.Partition.Cancel(wait, out var isLetGo) && isLetGo)
                    {
                        Interlocked.Decrement(ref _held);
                    }
                }
            }
        }

        _answer.SetResult(true);
    }

    private AppendWait Place(Partition partition, int bytes, bool isNewSegment, ProduceResponse.PartitionProduceResponse told, bool isDone)
    {
        if (_waits.Count == _count)
        {
            _waits.Add(new AppendWait(this));
        }

        var wait = _waits[_count++];
        wait.Begin(partition, bytes, isNewSegment, told, isDone);
        return wait;
    }

    private void Hold()
    {
        // Those that were begun before may end meanwhile.
        Interlocked.Increment(ref _pending);
        Interlocked.Increment(ref _held);
    }

    private void Acknowledge(AppendWait wait, in LogAppendResult result)
    {
        if (wait.Partition.IsAcknowledged(wait, result.LastOffset + 1, result.LeaderEpoch, out var error, out var fault))
        {
            OnEnded(wait, error, fault, isLetGo: true);
        }
    }

    private async Task FinishAsync(AppendWait wait, Task<LogAppendResult> appended, int bytes, bool acksAll)
    {
        LogAppendResult result;
        try
        {
            result = await appended;
        }
        catch (Exception fault)
        {
            OnEnded(wait, ErrorCode.UnknownServerError, fault, isLetGo: true);
            return;
        }

        bool isTimedOut;
        lock (_gate)
        {
            isTimedOut = wait.IsDone;
            if (!isTimedOut)
            {
                ProducePieces.Fill(wait.Told, result);
            }
        }

        if (result.Error == ErrorCode.None && !result.IsDuplicate)
        {
            wait.Partition.TellAppended(bytes, result.IsNewSegment);
        }

        if (result.Error == ErrorCode.None && acksAll && !isTimedOut)
        {
            Acknowledge(wait, result);
        }
        else
        {
            OnEnded(wait, ErrorCode.None, null, isLetGo: true); // a refusal has said itself why
        }
    }

    /// <summary>Under the lock: the response says how it ended. True when it was the last.</summary>
    private bool Settle(AppendWait wait, ErrorCode error, Exception? fault)
    {
        wait.IsDone = true;
        if (fault is not null)
        {
            error = _pool.Faults.Tell(ApiKey.Produce, wait.Partition.Name, fault);
        }

        if (error != ErrorCode.None)
        {
            wait.Told.ErrorCode = error;
            if (error is not (ErrorCode.NotLeaderOrFollower or ErrorCode.NotEnoughReplicasAfterAppend))
            {
                (wait.Told.BaseOffset, wait.Told.LogStartOffset) = (-1, -1); // nothing is known of the records; else they are in a log, and may yet be committed
            }
        }

        return Interlocked.Decrement(ref _pending) == 0;
    }

    /// <summary>Under the lock: one is held no more. True when it was the last, and the response is made.</summary>
    private bool IsLeft() => Interlocked.Decrement(ref _held) == 0 && _isLetGo;

    private void EndLinger()
    {
        Clear();
        _pool.EndLinger();
        _pool.Return(this);
    }

    private void Clear()
    {
        for (var i = 0; i < _count; i++)
        {
            _waits[i].Clear();
        }

        _count = 0;
    }
}
