using System.Threading.Tasks.Sources;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage.Work;

/// <summary>
/// Makes appends durable, many with one call: while a log is being synced, those who come queue; its next sync covers all of them. Logs are synced beside each
/// other, as many at a time as the threads of <see cref="BlockingWork.StartBeside"/>: the file system puts their commits together. One per log directory.
/// </summary>
internal sealed class GroupCommit
{
    /// <summary>The most idle wait objects that are kept for reuse.</summary>
    private const int IdleMax = 1024;

    /// <summary>The most logs waiting for their turn that have their writes started.</summary>
    private const int AheadMax = 8;

    [ThreadStatic]
    private static LogCommit[]? _ahead;

    private readonly Lock _readyLock = new();
    private readonly Queue<LogCommit> _ready = new();
    private readonly Action _runNext;
    private readonly Lock _idleLock = new();
    private CommitWait? _idle;
    private int _idleCount;

    private readonly BlockingWork _work;
    private readonly TimeProvider? _clock;
    private readonly Action<string, Exception> _told;

    /// <param name="work">Where syncs run.</param>
    /// <param name="clock">Measures them; null measures nothing.</param>
    /// <param name="told">Told of a fault in what comes after a wait, which must cost no other wait its response.</param>
    public GroupCommit(BlockingWork work, TimeProvider? clock, Action<string, Exception> told)
    {
        (_work, _clock, _told) = (work, clock, told);
        _runNext = RunNext;
    }

    /// <summary>The counts and times of the syncs.</summary>
    public SyncCounts Counts { get; } = new();

    /// <summary>Completes when everything below the offset is on the disk; false when that can no longer happen (disk failed, log closed or truncated).</summary>
    /// <param name="log">A log of this directory.</param>
    /// <param name="offset">The offset after the last record that must be there.</param>
    /// <param name="isBrief">What comes after the wait is short and waits for nothing: it runs on the thread that synced, without a hop to another one.</param>
    public ValueTask<bool> WaitDurable(PartitionLog log, long offset, bool isBrief)
    {
        if (log.RecoveryPoint >= offset)
        {
            return new ValueTask<bool>(true);
        }

        if (log.IsGone)
        {
            return new ValueTask<bool>(false);
        }

        var wait = Take();
        wait.Prepare(log, offset, isBrief);
        var result = new ValueTask<bool>(wait, wait.Version);
        log.Commit.Add(wait, this);
        return result;
    }

    /// <summary>Syncs the log soon; nobody waits.</summary>
    public void Schedule(PartitionLog log) => log.Commit.Add(null, this);

    /// <summary>The log wants a sync. It is in the queue once at most, and not while it is being synced.</summary>
    public void Enqueue(LogCommit commit)
    {
        lock (_readyLock)
        {
            _ready.Enqueue(commit);
        }

        _work.StartBeside(_runNext);
    }

    /// <summary>Syncs the first log of the queue, after telling the disk which ones come next: their writes are under way when their turn comes.</summary>
    private void RunNext()
    {
        LogCommit commit;
        _ahead ??= new LogCommit[AheadMax];
        var ahead = 0;
        lock (_readyLock)
        {
            commit = _ready.Dequeue();
            foreach (var next in _ready)
            {
                if (ahead == AheadMax)
                {
                    break;
                }

                if (next.TryMarkStarted())
                {
                    _ahead[ahead++] = next;
                }
            }
        }

        for (var i = 0; i < ahead; i++)
        {
            StartWriteback(_ahead[i].Log);
        }

        Array.Clear(_ahead, 0, ahead);
        commit.Run();
    }

    /// <summary>A hint for another log: whatever is wrong with that one, its own sync will say.</summary>
    private void StartWriteback(PartitionLog log)
    {
        try
        {
            log.StartWriteback();
        }
        catch (Exception e)
        {
            _told("starting the writes of a log", e);
        }
    }

    /// <summary>Syncs the log; whoever waits gets false when the recovery point did not move.</summary>
    public void Sync(PartitionLog log)
    {
        var before = log.RecoveryPoint;
        var began = _clock?.GetTimestamp() ?? 0;
        try
        {
            log.Flush();
            Counts.Add(log.RecoveryPoint - before, _clock?.GetElapsedTime(began));
        }
        catch (DiskException)
        {
            // The log has told its directory, which goes offline.
        }
        catch (Exception e)
        {
            log.FailAlone(e); // nothing says that its bytes are on the disk
        }
    }

    /// <summary>Ends waits, each with those behind it; what comes after them runs here, and of what each causes for one connection, once.</summary>
    public void CompleteAll(CommitWait? first)
    {
        var isBurst = first?.Next != null && CompletionBurst.TryOpen();
        try
        {
            while (first is { } wait)
            {
                first = wait.Next;
                wait.Next = null;
                Complete(wait);
            }
        }
        finally
        {
            if (isBurst)
            {
                CompletionBurst.Close(_told);
            }
        }
    }

    /// <summary>Ends a wait; its faults are its own.</summary>
    private void Complete(CommitWait wait)
    {
        try
        {
            wait.Complete();
        }
        catch (Exception e)
        {
            _told("what follows a sync", e);
        }
    }

    public void Return(CommitWait wait)
    {
        lock (_idleLock)
        {
            if (_idleCount == IdleMax)
            {
                return;
            }

            (wait.Next, _idle) = (_idle, wait);
            _idleCount++;
        }
    }

    private CommitWait Take()
    {
        lock (_idleLock)
        {
            if (_idle is not { } wait)
            {
                return new CommitWait(this);
            }

            _idle = wait.Next;
            _idleCount--;
            wait.Next = null;
            return wait;
        }
    }
}

/// <summary>The waits for the next sync of one log. One sync of a log runs at a time.</summary>
internal sealed class LogCommit(PartitionLog log)
{
    private readonly Lock _lock = new();
    private GroupCommit? _owner;
    private CommitWait? _first;
    private CommitWait? _last;
    private bool _isAsked;
    private bool _isRunning;
    private bool _isStarted;

    public PartitionLog Log => log;

    /// <summary>Takes a place behind those who wait, or nobody's; begins a sync unless one is under way.</summary>
    public void Add(CommitWait? wait, GroupCommit owner)
    {
        lock (_lock)
        {
            _owner = owner;
            _isAsked = true;
            if (wait != null)
            {
                if (_last == null)
                {
                    _first = wait;
                }
                else
                {
                    _last.Next = wait;
                }

                _last = wait;
            }

            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        owner.Enqueue(this);
    }

    /// <summary>True the first time it is asked since the last sync began.</summary>
    public bool TryMarkStarted() => !_isStarted && (_isStarted = true);

    public void Run()
    {
        _isStarted = false;
        CommitWait? covered;
        lock (_lock)
        {
            covered = _first;
            _first = _last = null;
            _isAsked = false;
        }

        _owner!.Sync(log);
        bool isAsked;
        lock (_lock)
        {
            isAsked = _isRunning = _isAsked;
        }

        if (isAsked)
        {
            _owner.Enqueue(this); // first, so that the disk works while these are answered
        }

        _owner.CompleteAll(covered);
    }
}

/// <summary>One append that waits. Used again when its result was taken.</summary>
internal sealed class CommitWait(GroupCommit owner) : IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> _core;
    private PartitionLog? _log;
    private long _offset;

    /// <summary>The next in the list that this is in.</summary>
    public CommitWait? Next { get; set; }

    public short Version => _core.Version;

    public void Prepare(PartitionLog log, long offset, bool isBrief)
    {
        _core.Reset();
        _core.RunContinuationsAsynchronously = !isBrief;
        (_log, _offset) = (log, offset);
    }

    public void Complete() => _core.SetResult(_log!.RecoveryPoint >= _offset);

    public bool GetResult(short token)
    {
        var result = _core.GetResult(token);
        _log = null;
        owner.Return(this);
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
