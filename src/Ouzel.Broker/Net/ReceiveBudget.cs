namespace Ouzel.Broker.Net;

/// <summary>The memory that the large frames of all connections may take together (queued.max.request.bytes).</summary>
/// <remarks>
/// A frame takes its whole length before its first byte is stored, never in steps: two half-received frames cannot wait for each other.
/// Like Kafka's pool it is asked "is anything left?": one large frame may overdraw it, so that a frame larger than the budget still passes alone.
/// </remarks>
internal sealed class ReceiveBudget(long bytesMax)
{
    private readonly Lock _gate = new();
    private readonly Queue<(int Bytes, TaskCompletionSource Granted)> _waiting = new();
    private long _taken;

    /// <summary>Takes <paramref name="bytes"/>; waits, first come first served, while nothing is left.</summary>
    public ValueTask TakeAsync(int bytes)
    {
        if (bytesMax < 0)
        {
            return ValueTask.CompletedTask;
        }

        lock (_gate)
        {
            if (_waiting.Count == 0 && _taken < bytesMax)
            {
                _taken += bytes;
                return ValueTask.CompletedTask;
            }

            var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, granted));
            return new ValueTask(granted.Task);
        }
    }

    public void Give(int bytes)
    {
        if (bytesMax < 0)
        {
            return;
        }

        lock (_gate)
        {
            _taken -= bytes;
            while (_taken < bytesMax && _waiting.TryDequeue(out var next))
            {
                _taken += next.Bytes;
                next.Granted.SetResult();
            }
        }
    }
}
