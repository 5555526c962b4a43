using Ouzel.Storage;

namespace Ouzel.Simulation.Tests.Bed;

/// <summary>The thread that waits for a disk, as events: one piece of work after the other, each when the seed says that the disk is done.</summary>
internal sealed class DiskThread(Scheduler scheduler, Process process, Weather weather, string name) : BlockingWork
{
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
        scheduler.AfterMs(weather.SyncMs(), process, name, () =>
        {
            _isBusy = false;
            if (_queue.TryDequeue(out Action? work))
            {
                work();
            }

            Next();
        });
    }
}
