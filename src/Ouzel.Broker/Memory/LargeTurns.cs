namespace Ouzel.Broker.Memory;

/// <summary>The turns of what is too much work for a socket thread: only so much of it runs at a time, so that the others always have processors left.</summary>
/// <remarks>
/// Turns are taken in the order of asking, and whoever waits for one holds nothing that others need for theirs. A turn that ends is handed over under the lock, or is free when
/// nobody waits there: so nobody comes in between, and nobody is forgotten. Not the runtime's semaphore: that completes waits on threads of the pool, which a simulator does not own.
/// </remarks>
internal sealed class LargeTurns(int atATime)
{
    /// <summary>The number of turns.</summary>
    public int AtATime { get; } = atATime;

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _free = atATime;

    /// <summary>Half of the processors, at least one.</summary>
    public static LargeTurns OfThisMachine() => new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Runs the work in its turn, on a thread that polls no sockets.</summary>
    public async Task<T> RunAsync<T>(Func<T> work)
    {
        await BeginAsync();
        try
        {
            await Task.Yield();
            return work();
        }
        finally
        {
            End();
        }
    }

    /// <summary>Waits for a turn, which the caller gives back with <see cref="End"/>.</summary>
    public Task BeginAsync()
    {
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            return turn.Task;
        }
    }

    /// <summary>Hands the turn over to whoever has waited longest.</summary>
    public void End()
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out next))
            {
                _free++;
                return;
            }
        }

        next.SetResult();
    }
}
