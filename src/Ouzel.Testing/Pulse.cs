namespace Ouzel.Testing;

/// <summary>Tells waiters that something may have changed. Take <see cref="Next"/> first, then look: so no change falls between.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = NewBeat();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Beat() => Interlocked.Exchange(ref _next, NewBeat()).SetResult();

    private static TaskCompletionSource NewBeat() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
