using System.Diagnostics.CodeAnalysis;
using Ouzel.Storage.Work;

namespace Ouzel.Simulation.Tests.Bed;

/// <summary>
/// The threads that wait for a disk, as events: what runs in order one after the other, what runs beside it a few at a time, each when the seed says that the disk is done.
/// </summary>
internal sealed class DiskThread(Scheduler scheduler, Process process, Weather weather, string name) : BlockingWork
{
    private const double LaterMs = 0.1;
    private const int BesideMax = 4;
    private readonly Steps _steps = name.StartsWith("flush", StringComparison.Ordinal) ? Steps.Sync : name == "compaction" ? Steps.Compaction : Steps.None;
    private readonly bool _isJobs = name == "jobs";
    private readonly Queue<Action> _queue = new();
    private readonly Queue<Action> _besideQueue = new();
    private readonly List<Action> _beside = [];
    private bool _isBusy;

    public override void Start(Action work)
    {
        _queue.Enqueue(work);
        Next();
    }

    public override void StartBeside(Action work)
    {
        _besideQueue.Enqueue(work);
        NextBeside();
    }

    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        Action[] order = [.. work];
        scheduler.Random.Shuffle(order);
        foreach (var item in order)
        {
            item();
        }
    }

    /// <summary>A real thread finishes what it was given before it ends.</summary>
    public override void Dispose()
    {
        while (!process.IsDead && TryTakeAny(out var work))
        {
            work();
        }
    }

    private bool TryTakeAny([NotNullWhen(true)] out Action? work)
    {
        if (_queue.TryDequeue(out work) || _besideQueue.TryDequeue(out work))
        {
            return true;
        }

        work = _beside.LastOrDefault();
        if (work is not null)
        {
            _beside.RemoveAt(_beside.Count - 1);
        }

        return work is not null;
    }

    /// <summary>Each piece ends by itself, so that the seed decides which is done first.</summary>
    private void NextBeside()
    {
        if (_beside.Count < BesideMax && _besideQueue.TryDequeue(out var work))
        {
            _beside.Add(work);
            scheduler.AfterMs(weather.SyncMs(), process, name, () => RunBeside(work));
        }
    }

    private void RunBeside(Action work)
    {
        if (scheduler.IsInside)
        {
            scheduler.AfterMs(LaterMs, process, "", () => RunBeside(work));
            return;
        }

        if (_beside.Remove(work))
        {
            Run(work);
        }

        NextBeside();
    }

    private void Run(Action work)
    {
        if (scheduler.IsInside)
        {
            work(); // a job: it waits for no log's sync
            return;
        }

        process.InSteps = _steps;
        work();
        process.InSteps = Steps.None;
        process.KeepsPower = false;
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
        if (scheduler.IsInside && !_isJobs)
        {
            // A lock that the thread inside the sync holds would not keep this work out: it comes later.
            scheduler.AfterMs(LaterMs, process, "", RunOne);
            return;
        }

        if (_queue.TryDequeue(out var work))
        {
            Run(work);
        }

        _isBusy = false;
        Next();
    }
}
