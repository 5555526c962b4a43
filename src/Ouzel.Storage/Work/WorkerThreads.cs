namespace Ouzel.Storage.Work;

/// <summary>
/// Up to a number of threads that take work from one queue in its order. Each waits on an event of its own and the one that rested last is woken first: no
/// thread spins, and no more are made than have been busy at one time.
/// </summary>
/// <param name="name">Of the threads.</param>
/// <param name="threadsMax">How many at most.</param>
/// <param name="run">Runs one piece of work; what it throws ends the process.</param>
internal sealed class WorkerThreads(string name, int threadsMax, Action<Action> run) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _queue = new();
    private readonly Stack<Worker> _resting = new();
    private readonly List<Worker> _workers = [];
    private bool _isStopped;

    public void Start(Action work)
    {
        Worker? woken = null;
        bool isOver;
        lock (_lock)
        {
            isOver = _isStopped;
            if (!isOver && !_resting.TryPop(out woken))
            {
                _queue.Enqueue(work);
                if (_workers.Count < threadsMax)
                {
                    _workers.Add(new Worker(this, $"{name} {_workers.Count}"));
                }

                return;
            }

            if (woken != null)
            {
                woken.Next = work;
            }
        }

        if (isOver)
        {
            run(work); // the threads may have ended: whoever waits for this work still gets his answer
        }
        else
        {
            woken!.Wake();
        }
    }

    /// <summary>Returns when everything that was started is done, unless one of the threads asks itself.</summary>
    public void Dispose()
    {
        List<Worker> workers;
        lock (_lock)
        {
            _isStopped = true;
            workers = [.. _workers];
            while (_resting.TryPop(out var resting))
            {
                resting.Wake();
            }
        }

        workers.ForEach(w => w.Dispose());
    }

    private void Run(Action work) => run(work);

    /// <summary>The next work, or null when the worker has to rest.</summary>
    private Action? NextOrRest(Worker worker, out bool isOver)
    {
        lock (_lock)
        {
            isOver = false;
            if (_queue.TryDequeue(out var work))
            {
                return work;
            }

            isOver = _isStopped;
            if (!isOver)
            {
                _resting.Push(worker);
            }

            return null;
        }
    }

    private sealed class Worker : IDisposable
    {
        private readonly WorkerThreads _owner;
        private readonly AutoResetEvent _woken = new(false);
        private readonly Thread _thread;

        public Worker(WorkerThreads owner, string name)
        {
            _owner = owner;
            _thread = new Thread(Loop) { IsBackground = true, Name = name };
            _thread.Start();
        }

        public Action? Next { get; set; }

        public void Wake() => _woken.Set();

        public void Dispose()
        {
            if (Thread.CurrentThread == _thread)
            {
                return; // it ends by itself, behind this call
            }

            _thread.Join();
            _woken.Dispose();
        }

        private void Loop()
        {
            while (true)
            {
                var work = _owner.NextOrRest(this, out var isOver);
                if (isOver)
                {
                    return;
                }

                if (work == null)
                {
                    _woken.WaitOne();
                    (work, Next) = (Next, null);
                }

                if (work != null)
                {
                    _owner.Run(work);
                }
            }
        }
    }
}
