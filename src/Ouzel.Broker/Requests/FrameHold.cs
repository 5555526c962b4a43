namespace Ouzel.Broker.Requests;

/// <summary>
/// The hold on a connection's next frame: requests whose bytes are still used, or whose place before their successors is not certain yet. Where one has to wait
/// and no more may be queued, this is how: the client's next requests stay with the client, in their order.
/// </summary>
/// <remarks>
/// One per connection. Handlers add before their first await, which the reader waits for; whoever ends the work lets go, from any thread. The race between the
/// last that lets go and the reader that begins to wait: both take the lock, and the reader's wait is made there or not at all.
/// </remarks>
internal sealed class FrameHold
{
    private readonly Lock _gate = new();
    private int _count;
    private TaskCompletionSource? _waiting;

    public bool IsHeld => Volatile.Read(ref _count) > 0;

    public void Add()
    {
        lock (_gate)
        {
            _count++;
        }
    }

    public void LetGo()
    {
        TaskCompletionSource? reader = null;
        lock (_gate)
        {
            if (--_count == 0)
            {
                (reader, _waiting) = (_waiting, null);
            }
        }

        reader?.TrySetResult();
    }

    /// <summary>Completes when nobody holds the frame. Asked by the reader only.</summary>
    public Task FreeAsync()
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                return Task.CompletedTask;
            }

            // Not inline: whoever lets go may be a disk's own thread, which has others waiting.
            _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }
}
