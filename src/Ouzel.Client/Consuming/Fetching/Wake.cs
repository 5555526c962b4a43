using Ouzel.Client.Connections;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>Wakes whoever waits. Take <see cref="Next"/> before looking at what may have changed, or a change between is missed.</summary>
internal sealed class Wake
{
    private TaskCompletionSource _next = New();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>Waits for a wake taken before, or for the time, or for the end.</summary>
    public static async Task WaitAsync(Task next, long ms, ClientSurroundings world, CancellationToken cancellation)
    {
        if (ms <= 0)
        {
            return;
        }

        var time = ms > int.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(ms);
        await next.WaitAsync(time, world.Clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
