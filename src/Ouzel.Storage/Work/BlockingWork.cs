namespace Ouzel.Storage.Work;

/// <summary>Runs what waits for a disk, so that no thread that serves requests does. A simulator runs it as one more event.</summary>
public abstract class BlockingWork : IDisposable
{
    /// <summary>Told of work that threw although it must not: the work is lost, the thread goes on. Without a receiver the process ends, as nobody would know.</summary>
    public Action<Exception>? Failed { get; set; }

    /// <summary>Runs the work once, soon, elsewhere, one after the other in the order of the calls. Work must not throw.</summary>
    public abstract void Start(Action work);

    /// <summary>The same, but beside other work and in any order.</summary>
    public virtual void StartBeside(Action work) => Start(work);

    /// <summary>Runs all of it, up to the given number at a time, and returns when it is done.</summary>
    public abstract void RunAll(IReadOnlyList<Action> work, int degree);

    /// <inheritdoc/>
    public abstract void Dispose();
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
        {
            item();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
