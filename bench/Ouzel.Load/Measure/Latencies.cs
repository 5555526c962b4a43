using System.Numerics;

namespace Ouzel.Load;

/// <summary>Counts of latencies in buckets that are at most 1/64 wider than their start: enough for percentiles, no memory per request.</summary>
internal sealed class Latencies
{
    private const int StepBits = 6;
    private const int Steps = 1 << StepBits;
    private readonly long[] _counts = new long[64 * Steps];
    private TimeSpan _max;

    public long Count { get; private set; }

    public double MaxMs => _max.TotalMilliseconds;

    public void Add(TimeSpan latency)
    {
        _counts[Bucket(Math.Max(0, (long)latency.TotalMicroseconds))]++;
        _max = latency > _max ? latency : _max;
        Count++;
    }

    public void Add(Latencies other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        _max = other._max > _max ? other._max : _max;
        Count += other.Count;
    }

    /// <summary>Milliseconds that the given share of all latencies does not exceed.</summary>
    public double PercentileMs(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        for (var i = 0; i < _counts.Length; i++)
        {
            wanted -= _counts[i];
            if (wanted <= 0 && Count > 0)
            {
                return Math.Min(End(i) / 1000.0, MaxMs);
            }
        }

        return 0;
    }

    private static int Bucket(long micros)
    {
        if (micros < Steps)
        {
            return (int)micros;
        }

        var shift = 63 - BitOperations.LeadingZeroCount((ulong)micros) - StepBits;
        return ((shift + 1) << StepBits) + (int)((micros >> shift) - Steps);
    }

    private static long End(int bucket)
    {
        var shift = (bucket >> StepBits) - 1;
        return shift < 0 ? bucket : ((long)(bucket & (Steps - 1)) + Steps + 1 << shift) - 1;
    }
}
