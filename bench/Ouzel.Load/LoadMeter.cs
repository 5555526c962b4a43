using System.Diagnostics;

namespace Ouzel.Load;

/// <summary>When the run is over: by time, by bytes, or by the user.</summary>
internal sealed class LoadTotal(long bytesMax, TimeSpan longest, CancellationToken stop)
{
    private long _began;
    private long _bytes;

    public bool IsOver => stop.IsCancellationRequested || Stopwatch.GetElapsedTime(_began) >= longest || (bytesMax > 0 && Interlocked.Read(ref _bytes) >= bytesMax);

    public void Begin() => _began = Stopwatch.GetTimestamp();

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}

/// <summary>What one connection did.</summary>
internal sealed class LoadMeter(LoadTotal total)
{
    public long Requests { get; private set; }

    public long Records { get; private set; }

    public long Bytes { get; private set; }

    public Latencies Latencies { get; } = new();

    public bool IsOver => total.IsOver;

    public void Answered(long sentAt, long records, long bytes)
    {
        Latencies.Add(Stopwatch.GetElapsedTime(sentAt));
        Requests++;
        Records += records;
        Bytes += bytes;
        total.Add(bytes);
    }
}

/// <summary>Counts of latencies in buckets that are at most 1/32 wider than their start: enough for percentiles, no memory per request.</summary>
internal sealed class Latencies
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;
    private readonly long[] _counts = new long[64 * Steps];

    public long Count { get; private set; }

    public void Add(TimeSpan latency)
    {
        _counts[Bucket(Math.Max(0, (long)latency.TotalMicroseconds))]++;
        Count++;
    }

    public void Add(Latencies other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
    }

    /// <summary>Milliseconds that the given share of all latencies does not exceed.</summary>
    public double PercentileMs(double share)
    {
        long wanted = (long)Math.Ceiling(Count * share);
        for (int i = 0; i < _counts.Length; i++)
        {
            wanted -= _counts[i];
            if (wanted <= 0 && Count > 0)
            {
                return End(i) / 1000.0;
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

        int shift = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)micros) - StepBits;
        return ((shift + 1) << StepBits) + (int)((micros >> shift) - Steps);
    }

    private static long End(int bucket)
    {
        int shift = (bucket >> StepBits) - 1;
        return shift < 0 ? bucket : ((long)(bucket & (Steps - 1)) + Steps + 1 << shift) - 1;
    }
}

/// <summary>CPU time of another process.</summary>
internal static class ProcessCpu
{
    /// <summary>The unit of /proc/PID/stat; 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>User and system seconds since the process started; 0 for process 0.</summary>
    public static double Seconds(int processId)
    {
        if (processId == 0)
        {
            return 0;
        }

        string stat = File.ReadAllText($"/proc/{processId}/stat");
        // The name in parentheses may hold anything, so fields are counted from its end; user and system time are the 14th and 15th of all.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11]) + long.Parse(fields[12])) / TicksPerSecond;
    }
}
