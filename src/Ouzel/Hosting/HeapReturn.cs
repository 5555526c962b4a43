namespace Ouzel.Hosting;

/// <summary>The process's heap at one look.</summary>
/// <param name="CommittedBytes">What the collector has from the system, garbage and free room among it.</param>
/// <param name="AllocatedBytes">All that was ever allocated.</param>
internal readonly record struct HeapFigures(long CommittedBytes, long AllocatedBytes);

/// <summary>
/// Decides when a collection is worth while that gives memory back to the system. A broker at its ordinary work allocates next to nothing, so the collector has no
/// reason to run: what an attack, a load of many large requests or a start left behind would stay for hours.
/// </summary>
/// <remarks>
/// Looks come at <see cref="Interval"/>. A collection of the whole heap stops every thread for about a millisecond for each few MiB that live: it waits until little
/// was allocated between two looks, and is not repeated until the heap has grown beyond what the last one left.
/// </remarks>
internal sealed class HeapReturn
{
    /// <summary>Between two looks: memory is back within seconds, and a look costs a few microseconds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Below it there is nothing worth a pause.</summary>
    public const long CommittedBytesMin = 64L << 20;

    /// <summary>More between two looks is work under way, and the collector runs by itself.</summary>
    public const long CalmBytesMax = 16L << 20;

    private HeapFigures _last;
    private long _leftBytes;

    /// <summary>True when the caller should collect now and tell <see cref="OnCollected"/> what was left.</summary>
    public bool IsWorthWhile(HeapFigures now)
    {
        var isCalm = now.AllocatedBytes - _last.AllocatedBytes <= CalmBytesMax;
        _last = now;
        return isCalm && now.CommittedBytes >= CommittedBytesMin && now.CommittedBytes >= _leftBytes + Math.Max(_leftBytes / 4, CommittedBytesMin / 4);
    }

    /// <summary>A collection left so much.</summary>
    public void OnCollected(HeapFigures now) => (_last, _leftBytes) = (now, now.CommittedBytes);
}
