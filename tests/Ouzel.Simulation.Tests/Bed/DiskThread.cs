using Ouzel.Storage;

namespace Ouzel.Simulation.Tests.Bed;

/// <summary>The thread that waits for a disk, as events: one piece of work after the other, each when the seed says that the disk is done.</summary>
internal sealed class DiskThread(Scheduler scheduler, Process process, Weather weather, string name) : BlockingWork
{
    private const double LaterMs = 0.1;
    private readonly Queue<Action> _queue = new();
    private bool _isBusy;

    public override void Start(Action work)
    {
        _queue.Enqueue(work);
        Next();
    }

    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        Action[] order = [.. work];
        scheduler.Random.Shuffle(order);
        foreach (Action item in order)
        {
            item();
        }
    }

    /// <summary>A real thread finishes what it was given before it ends.</summary>
    public override void Dispose()
    {
        while (!process.IsDead && _queue.TryDequeue(out Action? work))
        {
            work();
        }
    }

    private void Next()
    {
        if (_isBusy || _queue.Count == 0)
        {
            return;
        }

        _isBusy = true;
        scheduler.AfterMs(weather.SyncMs(), process, name, RunOne);
    }

    private void RunOne()
    {
        if (scheduler.IsInside)
        {
            // A lock that the thread inside the sync holds would not keep this work out: it comes later.
            scheduler.AfterMs(LaterMs, process, "", RunOne);
            return;
        }

        if (_queue.TryDequeue(out Action? work))
        {
            process.IsFlushing = name.StartsWith("flush", StringComparison.Ordinal);
            work();
            process.IsFlushing = false;
        }

        _isBusy = false;
        Next();
    }
}
