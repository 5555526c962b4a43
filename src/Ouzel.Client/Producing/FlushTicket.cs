namespace Ouzel.Client.Producing;

/// <summary>One wait for everything that was buffered when it began: counts what is not done yet.</summary>
internal sealed class FlushTicket
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for the collecting itself, so that it does not end before all are counted.
    private int _left = 1;

    public Task Done => _done.Task;

    public void Add() => Interlocked.Increment(ref _left);

    public void End()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _done.TrySetResult();
        }
    }
}
