using System.Threading.Tasks.Sources;

namespace Ouzel.Storage;

/// <summary>
/// Makes appends durable, many with one call: while a sync runs, those who come queue; the next round syncs each log that anybody waits for once and releases
/// all of them. One per log directory, one round at a time.
/// </summary>
internal sealed class GroupCommit(BlockingWork work)
{
    /// <summary>How many idle wait objects are kept for reuse.</summary>
    private const int IdleMax = 1024;

    private readonly Lock _lock = new();
    private readonly Stack<Waiter> _idle = new();
    private readonly HashSet<PartitionLog> _round = [];
    private readonly HashSet<PartitionLog> _unasked = [];
    private List<Waiter> _waiting = [];
    private List<Waiter> _syncing = [];
    private bool _isRunning;

    /// <summary>Rounds run so far.</summary>
    public long Rounds { get; private set; }

    /// <summary>Completes when everything below the offset is on the disk; false when that can no longer happen (disk failed, log closed or truncated).</summary>
    public ValueTask<bool> WaitDurable(PartitionLog log, long offset)
    {
        if (log.RecoveryPoint >= offset)
            return new ValueTask<bool>(true);
        Waiter waiter;
        lock (_lock)
        {
            if (!_idle.TryPop(out waiter!))
                waiter = new Waiter(this);
            waiter.Prepare(log, offset);
            _waiting.Add(waiter);
        }
        var result = new ValueTask<bool>(waiter, waiter.Version);
        Kick();
        return result;
    }

    /// <summary>Syncs the log with the next round; nobody waits.</summary>
    public void Schedule(PartitionLog log)
    {
        lock (_lock)
            _unasked.Add(log);
        Kick();
    }

    private void Kick()
    {
        lock (_lock)
        {
            if (_isRunning)
                return;
            _isRunning = true;
        }
        work.Start(Run);
    }

    private void Run()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_waiting.Count == 0 && _unasked.Count == 0)
                {
                    _isRunning = false;
                    return;
                }
                (_waiting, _syncing) = (_syncing, _waiting);
                foreach (var waiter in _syncing)
                    _round.Add(waiter.Log!);
                _round.UnionWith(_unasked);
                _unasked.Clear();
                Rounds++;
            }
            foreach (var log in _round)
                Sync(log);
            _round.Clear();
            foreach (var waiter in _syncing)
                waiter.Complete();
            _syncing.Clear();
        }
    }

    private static void Sync(PartitionLog log)
    {
        try
        {
            log.Flush();
        }
        catch (DiskException)
        {
            // The log has told its directory, which goes offline; whoever waits gets false because the recovery point did not move.
        }
    }

    private void Return(Waiter waiter)
    {
        lock (_lock)
        {
            if (_idle.Count < IdleMax)
                _idle.Push(waiter);
        }
    }

    private sealed class Waiter(GroupCommit owner) : IValueTaskSource<bool>
    {
        private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
        private long _offset;

        public PartitionLog? Log { get; private set; }

        public short Version => _core.Version;

        public void Prepare(PartitionLog log, long offset)
        {
            _core.Reset();
            (Log, _offset) = (log, offset);
        }

        public void Complete() => _core.SetResult(Log!.RecoveryPoint >= _offset || !Guards.Stands(Guard.FailedSyncAcknowledgesNothing));

        public bool GetResult(short token)
        {
            var result = _core.GetResult(token);
            Log = null;
            owner.Return(this);
            return result;
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
