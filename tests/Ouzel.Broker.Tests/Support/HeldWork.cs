using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Support;

/// <summary>A disk thread that works only when the test says so.</summary>
internal sealed class HeldWork : BlockingWork
{
    private readonly Queue<Action> _held = new();

    public override void Start(Action work) => _held.Enqueue(work);

    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        foreach (Action action in work)
        {
            action();
        }
    }

    public void RunAll()
    {
        while (_held.TryDequeue(out Action? work))
        {
            work();
        }
    }

    public override void Dispose() => RunAll();
}
