namespace Ouzel.Broker.Net;

/// <summary>The turns of what is too much work for a socket thread: only so much of it runs at a time, so that the others always have processors left.</summary>
/// <remarks>Whoever waits for a turn holds nothing that others need for theirs. Turns are taken in the order of asking.</remarks>
internal sealed class LargeTurns(int atATime)
{
    private readonly SemaphoreSlim _free = new(atATime);

    /// <summary>Half of the processors, at least one.</summary>
    public static LargeTurns OfThisMachine() => new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Runs the work in its turn, on a thread that polls no sockets.</summary>
    public async Task<T> RunAsync<T>(Func<T> work)
    {
        await _free.WaitAsync();
        try
        {
            await Task.Yield();
            return work();
        }
        finally
        {
            _free.Release();
        }
    }
}
