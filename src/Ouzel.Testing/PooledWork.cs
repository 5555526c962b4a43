using Ouzel.Storage.Work;

namespace Ouzel.Testing;

/// <summary>A broker's work for threads of its own, on the thread pool instead: a hundred brokers in one process have no thread among them while nothing happens.</summary>
internal sealed class PooledWork : BlockingWork
{
    private readonly object _gate = new();
    private readonly Queue<Action> _queue = new();
    private int _running;
    private bool _isQueueRunning;
    private bool _isStopped;

    [ThreadStatic]
    private static PooledWork? _current;

    /// <inheritdoc/>
    public override void Start(Action work)
    {
        lock (_gate)
        {
            if (!_isStopped)
            {
                _queue.Enqueue(work);
                if (!_isQueueRunning)
                {
                    _isQueueRunning = true;
                    ThreadPool.UnsafeQueueUserWorkItem(static me => me.RunQueue(), this, preferLocal: false);
                }

                return;
            }
        }

        Run(work); // whoever waits for this work still gets his answer
    }

    /// <inheritdoc/>
    public override void StartBeside(Action work)
    {
        lock (_gate)
        {
            if (!_isStopped)
            {
                _running++;
                ThreadPool.UnsafeQueueUserWorkItem(static item => item.Me.RunBeside(item.Work), (Me: this, Work: work), preferLocal: false);
                return;
            }
        }

        Run(work);
    }

    /// <inheritdoc/>
    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        List<Exception> failures = [];
        foreach (var item in work)
        {
            try
            {
                item();
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    /// <summary>Returns when everything that was started is done, unless that work asks itself.</summary>
    public override void Dispose()
    {
        lock (_gate)
        {
            _isStopped = true;
            while ((_isQueueRunning || _running > 0) && _current != this)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private void RunQueue()
    {
        while (true)
        {
            Action? work;
            lock (_gate)
            {
                if (!_queue.TryDequeue(out work))
                {
                    _isQueueRunning = false;
                    Monitor.PulseAll(_gate);
                    return;
                }
            }

            Run(work);
        }
    }

    private void RunBeside(Action work)
    {
        Run(work);
        lock (_gate)
        {
            _running--;
            Monitor.PulseAll(_gate);
        }
    }

    private void Run(Action work)
    {
        var before = _current;
        _current = this;
        try
        {
            work();
        }
        catch (Exception fault) when (Failed is { } failed)
        {
            failed(fault);
        }
        finally
        {
            _current = before;
        }
    }
}
