namespace Ouzel.Broker.Partitions;

/// <summary>A fetch that found too little and waits: for enough bytes, for something its client should know, or for the end of its patience.</summary>
/// <remarks>
/// The race with appends: the look that found too little, then registering, then an append in between that nobody tells of.
/// So every partition counts its news; the counts are taken before the look and compared after registering. The same holds
/// for the bytes that are still missing: an append may count down the number that a look is about to replace.
/// </remarks>
internal sealed class PendingFetch(IReadOnlyList<(FetchTarget Target, Partition? Partition)> targets, FetchLimits limits, TimingWheel wheel) : PartitionWaiter
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<FetchRead> _answer = new();
    private bool _isDone;
    private int _missing;

    /// <summary>Looks once; waits only when that is not enough and <paramref name="waitMs"/> allows.</summary>
    public ValueTask<FetchRead> RunAsync(int waitMs)
    {
        long newsSeen = NewsCount();
        FetchRead read = FetchRead.Make(targets, limits);
        if (waitMs <= 0 || targets.Count == 0 || IsEnough(read))
        {
            return new(read);
        }

        read.Release();
        _missing = (int)Math.Min(limits.BytesMin - read.Bytes, int.MaxValue);
        foreach ((_, Partition? partition) in targets)
        {
            partition?.Waiters.Add(this);
        }

        wheel.Start(this, waitMs);
        if (NewsCount() != newsSeen)
        {
            Look(isOver: false);
        }

        return new(_answer.Task);
    }

    public override void OnNews(int bytes)
    {
        if (bytes > 0 && Interlocked.Add(ref _missing, -bytes) > 0)
        {
            return;
        }

        Look(isOver: false);
    }

    protected internal override void OnDue() => Look(isOver: true);

    private void Look(bool isOver)
    {
        FetchRead read;
        lock (_gate)
        {
            if (_isDone)
            {
                return;
            }

            while (true)
            {
                long newsSeen = NewsCount();
                read = FetchRead.Make(targets, limits);
                if (isOver || IsEnough(read))
                {
                    break;
                }

                read.Release();
                Volatile.Write(ref _missing, (int)Math.Min(limits.BytesMin - read.Bytes, int.MaxValue));
                if (NewsCount() == newsSeen)
                {
                    return;
                }
            }

            _isDone = true;
        }

        wheel.Cancel(this);
        foreach ((_, Partition? partition) in targets)
        {
            partition?.Waiters.Remove(this);
        }

        _answer.SetResult(read);
    }

    private bool IsEnough(FetchRead read) => read.EndsWait || read.Bytes >= limits.BytesMin;

    private long NewsCount()
    {
        long count = 0;
        foreach ((_, Partition? partition) in targets)
        {
            count += partition?.NewsCount ?? 0;
        }

        return count;
    }
}
