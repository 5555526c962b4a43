namespace Ouzel.Simulation.Tests.Bed;

/// <summary>Work in whose course other threads run.</summary>
internal enum Steps
{
    /// <summary>All of it happens at once.</summary>
    None,

    /// <summary>Before and after each file that is synced.</summary>
    Sync,

    /// <summary>Around syncs, and around what a pass reads and writes.</summary>
    Compaction,
}

/// <summary>
/// A program of the simulated world: one life of the broker, or a client. Its continuations go through the scheduler; once it is dead none of them runs.
/// </summary>
internal sealed class Process(Scheduler scheduler, string name) : SynchronizationContext
{
    public string Name => name;

    public bool IsDead { get; private set; }

    /// <summary>A thread works on the disk in steps, so that other threads run in between.</summary>
    public Steps InSteps { get; set; }

    /// <summary>
    /// Until that thread is done the power stays: inside its work a checkpoint was written, which on real threads would have waited for a lock that it holds.
    /// </summary>
    public bool KeepsPower { get; set; }

    /// <summary>The broker closes its files: nothing may run inside a sync, because the one thread would pass every lock.</summary>
    public bool IsStopping { get; set; }

    public void Kill() => IsDead = true;

    public override void Post(SendOrPostCallback d, object? state) => scheduler.After(0, this, "", () => d(state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("nobody may wait for another continuation on the only thread");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts something of this process as an event of its own; what it throws breaks the run.</summary>
    public void Start(string what, Func<Task> run) => scheduler.After(0, this, what, () => _ = GuardAsync(what, run));

    private async Task GuardAsync(string what, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception fault)
        {
            scheduler.Fail($"{name}: {what}: {fault}");
        }
    }
}
