namespace Ouzel.Broker.Coordination;

/// <summary>Counts the partitions that are being read, so that one line tells of all of them. Loads end on many threads: one lock.</summary>
/// <param name="time">Measures how long it took.</param>
/// <param name="onQuiet">Told when none is being read any more: how many are served since, and the milliseconds.</param>
internal sealed class CoordinatorLoads(TimeProvider time, Action<int, long> onQuiet)
{
    private readonly Lock _gate = new();
    private int _open;
    private int _served;
    private long _since;

    public void Begin()
    {
        lock (_gate)
        {
            if (_open++ == 0)
            {
                _since = time.GetTimestamp();
            }
        }
    }

    /// <summary>One load is over.</summary>
    /// <param name="isServed">Its partition is served now.</param>
    public void End(bool isServed)
    {
        int served;
        lock (_gate)
        {
            _served += isServed ? 1 : 0;
            if (--_open > 0)
            {
                return;
            }

            (served, _served) = (_served, 0);
        }

        if (served > 0)
        {
            onQuiet(served, (long)time.GetElapsedTime(_since).TotalMilliseconds);
        }
    }
}
