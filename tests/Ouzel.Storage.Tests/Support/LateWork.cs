using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Support;

/// <summary>A disk's thread that works when the test says so. What it had not begun dies with the process.</summary>
internal sealed class LateWork : BlockingWork
{
    private readonly Queue<Action> _held = new();

    public override void Start(Action work) => _held.Enqueue(work);

    public override void RunAll(IReadOnlyList<Action> work, int degree)
    {
        foreach (var item in work)
        {
            item();
        }
    }

    public void RunHeld()
    {
        while (_held.TryDequeue(out var work))
        {
            work();
        }
    }

    public override void Dispose()
    {
    }
}
