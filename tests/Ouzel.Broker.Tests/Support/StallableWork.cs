using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Support;

/// <summary>The threads of a log directory: they work at once, and not at all while the disk stalls.</summary>
internal sealed class StallableWork : BlockingWork
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _held = new();
    private bool _isStalled;

    /// <summary>The number waiting for the disk.</summary>
    public int Held
    {
        get
        {
            lock (_gate)
            {
                return _held.Count;
            }
        }
    }

    public void Stall()
    {
        lock (_gate)
        {
            _isStalled = true;
        }
    }

    /// <summary>The disk works again, first on what has waited.</summary>
    public void GoOn()
    {
        while (Next() is { } work)
        {
            work();
        }
    }

    public override void Start(Action work)
    {
        lock (_gate)
        {
            if (_isStalled)
            {
                _held.Enqueue(work);
                return;
            }
        }

        work();
    }

    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        foreach (var action in work)
        {
            action();
        }
    }

    public override void Dispose() => GoOn();

    private Action? Next()
    {
        lock (_gate)
        {
            if (_held.TryDequeue(out var work))
            {
                return work;
            }

            _isStalled = false;
            return null;
        }
    }
}
