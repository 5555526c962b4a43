using System.Diagnostics.CodeAnalysis;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Support;

/// <summary>A disk thread that works only when the test says so.</summary>
internal sealed class HeldWork : BlockingWork
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _held = new();
    private TaskCompletionSource _arrival = new();

    public override void Start(Action work)
    {
        TaskCompletionSource arrival;
        lock (_lock)
        {
            _held.Enqueue(work);
            (arrival, _arrival) = (_arrival, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        arrival.SetResult();
    }

    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        foreach (var action in work)
        {
            action();
        }
    }

    public void RunAll()
    {
        while (TryTake(out var work))
        {
            work();
        }
    }

    /// <summary>Runs what there is and what comes, until the task is done.</summary>
    public async Task RunUntilAsync(Task done)
    {
        while (!done.IsCompleted)
        {
            Task arrival;
            lock (_lock)
            {
                arrival = _arrival.Task;
            }

            RunAll();
            await Task.WhenAny(done, arrival);
        }
    }

    public override void Dispose() => RunAll();

    private bool TryTake([NotNullWhen(true)] out Action? work)
    {
        lock (_lock)
        {
            return _held.TryDequeue(out work);
        }
    }
}
