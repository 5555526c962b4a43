using System.Numerics;

namespace Ouzel.Storage.Disks;

/// <summary>A log directory's syncs of its logs: their number, what they made durable and how long they took.</summary>
public sealed class SyncCounts
{
    private const int StepBits = 3;

    private readonly long[] _durations = new long[40 << StepBits]; // in microseconds; each bucket is at most an eighth wider than its start
    private long _syncs;
    private long _records;

    internal SyncCounts()
    {
    }

    /// <summary>Syncs that succeeded; each is one call for the log's file, now and then more.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>Records (offsets) that they made durable.</summary>
    public long Records => Interlocked.Read(ref _records);

    /// <summary>The time that the given share of all syncs does not exceed, zero when nothing was measured.</summary>
    public TimeSpan Percentile(double share)
    {
        long count = 0;
        foreach (ref var bucket in _durations.AsSpan())
        {
            count += Interlocked.Read(ref bucket);
        }

        var left = (long)Math.Ceiling(count * share);
        for (var i = 0; i < _durations.Length && count > 0; i++)
        {
            left -= Interlocked.Read(ref _durations[i]);
            if (left <= 0)
            {
                return TimeSpan.FromMicroseconds(EndOf(i));
            }
        }

        return TimeSpan.Zero;
    }

    internal void Add(long records, TimeSpan? took)
    {
        Interlocked.Increment(ref _syncs);
        Interlocked.Add(ref _records, records);
        if (took is { } time)
        {
            Interlocked.Increment(ref _durations[Math.Min(BucketOf((long)time.TotalMicroseconds), _durations.Length - 1)]);
        }
    }

    private static int BucketOf(long micros)
    {
        if (micros < 1 << StepBits)
        {
            return (int)Math.Max(0, micros);
        }

        var shift = BitOperations.Log2((ulong)micros) - StepBits;
        return ((shift + 1) << StepBits) + (int)((micros >> shift) - (1 << StepBits));
    }

    private static long EndOf(int bucket)
    {
        var shift = (bucket >> StepBits) - 1;
        return shift < 0 ? bucket : ((long)((bucket & ((1 << StepBits) - 1)) + (1 << StepBits) + 1) << shift) - 1;
    }
}
