namespace Ouzel.Broker.Memory;

/// <summary>Bytes that may be held for one purpose by all connections together. Who gets none waits.</summary>
/// <remarks>
/// Who wants least is served first, so that promises of huge requests do not hold up ordinary ones; but nobody is passed over for longer than <see cref="PatienceMax"/>.
/// What is taken is taken whole, never in steps, and whoever holds some never waits for more of it: two half-received frames cannot wait for
/// each other. While there is enough, taking and giving cost one interlocked addition each. The race between the two: a taker that gets none
/// undoes its addition, queues, and looks again; a giver subtracts and then looks whether anybody waits. One of them sees the other.
/// </remarks>
/// <param name="clock">Tells how long somebody has waited.</param>
/// <param name="bytesMax">Never exceeded, except that somebody who wants more than all of it gets it when nobody else holds any.</param>
/// <param name="overdrawBelow">Within <paramref name="bytesMax"/>, one may exceed this as long as less was held before it: Kafka's rule for queued.max.request.bytes.</param>
internal sealed class MemoryLane(TimeProvider clock, long bytesMax, long overdrawBelow = long.MaxValue)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private long _taken;
    private volatile int _waitingCount;

    public long BytesMax => bytesMax;

    /// <summary>Held now; for a moment also what somebody tries to take.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    public int Waiting => _waitingCount;

    /// <summary>The most that was ever held.</summary>
    public long Peak { get; private set; }

    /// <summary>Takes <paramref name="bytes"/> if there are so many and nobody waits.</summary>
    public bool TryTake(long bytes)
    {
        if (_waitingCount > 0)
        {
            return false;
        }

        var after = Interlocked.Add(ref _taken, bytes);
        if (Fits(after - bytes, after))
        {
            // A race loses a little of the figure; it is for people.
            Peak = Math.Max(Peak, after);
            return true;
        }

        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    /// <summary>Takes <paramref name="bytes"/>, when it is one's turn.</summary>
    public ValueTask TakeAsync(long bytes)
    {
        if (TryTake(bytes))
        {
            return ValueTask.CompletedTask;
        }

        // Not inline: whoever gives would otherwise serve the next client inside its own request, and that one the next.
        var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.AddLast(new Waiter(bytes, clock.GetTimestamp(), granted));
            _waitingCount = _waiting.Count;
        }

        Grant();
        return new ValueTask(granted.Task);
    }

    /// <summary>Takes what is held already, whether it fits or not; false when it does not.</summary>
    public bool Charge(long bytes)
    {
        var after = Interlocked.Add(ref _taken, bytes);
        Peak = Math.Max(Peak, after);
        return after <= bytesMax;
    }

    public void Give(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        if (_waitingCount > 0)
        {
            Grant();
        }
    }

    private void Grant()
    {
        lock (_gate)
        {
            while (Next() is { } next)
            {
                var after = Interlocked.Add(ref _taken, next.Value.Bytes);
                if (!Fits(after - next.Value.Bytes, after))
                {
                    Interlocked.Add(ref _taken, -next.Value.Bytes);
                    break;
                }

                Peak = Math.Max(Peak, after);
                _waiting.Remove(next);
                next.Value.Granted.SetResult();
            }

            _waitingCount = _waiting.Count;
        }
    }

    private LinkedListNode<Waiter>? Next()
    {
        var least = _waiting.First;
        if (least is null || clock.GetElapsedTime(least.Value.Since) > PatienceMax)
        {
            return least;
        }

        for (var other = least.Next; other is not null; other = other.Next)
        {
            least = other.Value.Bytes < least.Value.Bytes ? other : least;
        }

        return least;
    }

    private bool Fits(long before, long after) => (after <= bytesMax && before < overdrawBelow) || before == 0;

    private sealed record Waiter(long Bytes, long Since, TaskCompletionSource Granted);
}
