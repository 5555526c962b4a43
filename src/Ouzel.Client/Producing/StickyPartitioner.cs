namespace Ouzel.Client.Producing;

/// <summary>
/// The partitions of records without a key (KIP-794): one until a batch's worth of bytes went there, then another, rather one with a short queue. So batches
/// fill, and a slow broker gets less.
/// </summary>
/// <param name="batchBytes">A batch's worth.</param>
internal sealed class StickyPartitioner(int batchBytes)
{
    private int _current = -1;
    private long _bytes;

    /// <summary>The partition that records go to now; -1 before the first <see cref="Next"/>.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>Counts bytes that went to <paramref name="partition"/>; true, for one caller, when it is time for <see cref="Next"/>.</summary>
    public bool OnAppended(int partition, int bytes) =>
        partition == Current && Interlocked.Add(ref _bytes, bytes) >= batchBytes && Interlocked.Exchange(ref _bytes, 0) >= batchBytes;

    /// <summary>Moves on.</summary>
    /// <param name="waiting">Batches that wait at each partition; negative where it has no leader.</param>
    /// <param name="chance">From 0 to 1.</param>
    /// <returns>The partition that records go to from now on.</returns>
    public int Next(ReadOnlySpan<int> waiting, double chance)
    {
        var chosen = Choose(waiting, chance);
        Volatile.Write(ref _current, chosen);
        return chosen;
    }

    /// <summary>Each partition with a leader has the weight "longest queue + 1 - its own"; without any leader all are alike.</summary>
    private static int Choose(ReadOnlySpan<int> waiting, double chance)
    {
        var longest = -1;
        foreach (var batches in waiting)
        {
            longest = Math.Max(longest, batches);
        }

        if (longest < 0)
        {
            return Math.Min((int)(chance * waiting.Length), waiting.Length - 1);
        }

        long total = 0;
        foreach (var batches in waiting)
        {
            total += Weight(batches, longest);
        }

        var left = (long)(chance * total);
        for (var i = 0; i < waiting.Length; i++)
        {
            left -= Weight(waiting[i], longest);
            if (left < 0)
            {
                return i;
            }
        }

        return waiting.Length - 1;
    }

    private static int Weight(int batches, int longest) => batches < 0 ? 0 : longest + 1 - batches;
}
