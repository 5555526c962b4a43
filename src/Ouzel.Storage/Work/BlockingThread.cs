namespace Ouzel.Storage.Work;

/// <summary>
/// A thread for what runs in order, a few for what may run side by side, and for <see cref="RunAll"/> some more as long as it lasts. A thread is made when it is
/// first needed.
/// </summary>
public sealed class BlockingThread : BlockingWork
{
    /// <summary>
    /// The most threads that wait for the disk side by side. A file system puts syncs that come together into one commit; more than this gain little.
    /// </summary>
    private const int BesideMax = 4;

    private readonly string _name;
    private readonly WorkerThreads _inOrder;
    private readonly WorkerThreads _beside;

    /// <summary>Makes no thread yet.</summary>
    /// <param name="name">Of the threads.</param>
    public BlockingThread(string name)
    {
        _name = name;
        _inOrder = new WorkerThreads(name, 1, Run);
        _beside = new WorkerThreads(name + " sync", BesideMax, Run);
    }

    /// <inheritdoc/>
    public override void Start(Action work) => _inOrder.Start(work);

    /// <inheritdoc/>
    public override void StartBeside(Action work) => _beside.Start(work);

    /// <inheritdoc/>
    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        var next = -1;
        var failures = new List<Exception>();
        var threads = Enumerable.Range(1, Math.Max(0, Math.Min(degree, work.Count) - 1)).Select(i => new Thread(Share) { IsBackground = true, Name = $"{_name} {i}" }).ToList();
        threads.ForEach(t => t.Start());
        Share();
        threads.ForEach(t => t.Join());
        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }

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
                    {
                        failures.Add(e);
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _inOrder.Dispose();
        _beside.Dispose();
    }

    private void Run(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (Failed is { } failed)
        {
            failed(e);
        }
    }
}
