namespace Ouzel.Storage;

/// <summary>Runs what waits for a disk, so that no thread that serves requests does. A simulator runs it as one more event.</summary>
public abstract class BlockingWork : IDisposable
{
    /// <summary>Runs the work once, soon, elsewhere. Work must not throw.</summary>
    public abstract void Start(Action work);

    /// <summary>Runs all of it, up to the given number at a time, and returns when it is done.</summary>
    public abstract void RunAll(IReadOnlyList<Action> work, int degree);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>One thread of its own, and for <see cref="RunAll"/> a few more as long as it lasts.</summary>
public sealed class BlockingThread : BlockingWork
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _queue = new();
    private readonly SemaphoreSlim _available = new(0);
    private readonly Thread _thread;
    private bool _isStopped;

    /// <summary>Starts the thread.</summary>
    public BlockingThread(string name)
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override void Start(Action work)
    {
        lock (_lock)
            _queue.Enqueue(work);
        _available.Release();
    }

    /// <inheritdoc/>
    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        var next = -1;
        var failures = new List<Exception>();
        var threads = Enumerable.Range(1, Math.Max(0, Math.Min(degree, work.Count) - 1)).Select(i => new Thread(Share) { IsBackground = true, Name = $"{_thread.Name} {i}" }).ToList();
        threads.ForEach(t => t.Start());
        Share();
        threads.ForEach(t => t.Join());
        if (failures.Count > 0)
            throw new AggregateException(failures);

        void Share()
        {
            for (var i = Interlocked.Increment(ref next); i < work.Count; i = Interlocked.Increment(ref next))
            {
                try
                {
                    work[i]();
                }
                catch (Exception e)
                {
                    lock (failures)
                        failures.Add(e);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _isStopped = true;
        _available.Release();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
        _available.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _available.Wait();
            Action? work;
            lock (_lock)
            {
                if (!_queue.TryDequeue(out work) && _isStopped)
                    return;
            }
            work?.Invoke();
        }
    }
}

/// <summary>Runs everything at once on the calling thread: for tests and for disks that never wait.</summary>
public sealed class InlineWork : BlockingWork
{
    /// <inheritdoc/>
    public override void Start(Action work) => work();

    /// <inheritdoc/>
    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        foreach (var item in work)
            item();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
