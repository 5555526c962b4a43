using Ouzel.Client.Connections;

namespace Ouzel.Client.Producing;

/// <summary>The bytes that records may take from their arrival to their acknowledgement. Who finds none waits in turn.</summary>
/// <param name="bytesMax">The bound. One record may exceed it when nothing else is buffered.</param>
/// <param name="world">Clock.</param>
internal sealed class BufferBudget(long bytesMax, ClientSurroundings world)
{
    /// <summary>
    /// Those who wait are let in when this part of the buffer is free. Let in for each record that leaves, a producer that is faster than its broker would wait for
    /// each batch anew, and waking it costs more than the records.
    /// </summary>
    private const int RoomyPart = 16;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private long _used;

    /// <summary>Takes bytes if there are some and nobody waits.</summary>
    public bool TryTake(int bytes)
    {
        lock (_gate)
        {
            if (_waiters.Count > 0 || !Fits(bytes))
            {
                return false;
            }

            _used += bytes;
            return true;
        }
    }

    /// <summary>Takes bytes as soon as there are some.</summary>
    /// <exception cref="TimeoutException">There were none in time.</exception>
    public async Task TakeAsync(int bytes, int timeoutMs, CancellationToken cancellation)
    {
        LinkedListNode<Waiter> node;
        lock (_gate)
        {
            if (_waiters.Count == 0 && Fits(bytes))
            {
                _used += bytes;
                return;
            }

            node = _waiters.AddLast(new Waiter(bytes));
        }

        try
        {
            await node.Value.Granted.Task.WaitAsync(TimeSpan.FromMilliseconds(timeoutMs), world.Clock, cancellation);
        }
        catch
        {
            GiveUp(node);
            throw;
        }
    }

    public void Return(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            Grant();
        }
    }

    private void GiveUp(LinkedListNode<Waiter> node)
    {
        lock (_gate)
        {
            if (node.List is not null)
            {
                _waiters.Remove(node);
            }
            else
            {
                // Granted at the same moment: it goes to the next.
                _used -= node.Value.Bytes;
            }

            Grant();
        }
    }

    /// <summary>Called under the lock.</summary>
    private void Grant()
    {
        if (_used > bytesMax - (bytesMax / RoomyPart))
        {
            return;
        }

        while (_waiters.First is { } first && Fits(first.Value.Bytes))
        {
            _waiters.RemoveFirst();
            _used += first.Value.Bytes;
            first.Value.Granted.SetResult();
        }
    }

    private bool Fits(int bytes) => _used == 0 || _used + bytes <= bytesMax;

    private sealed record Waiter(int Bytes)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
