using System.Diagnostics;
using System.Globalization;

namespace Ouzel.ClientLoad;

/// <summary>The work of a client in the time that counts: behind its warming up, so that the runtime's compiler is not measured.</summary>
internal readonly record struct Measure(long Records, double Seconds, double CpuSeconds, long AllocatedBytes)
{
    public string ToJson() => string.Create(CultureInfo.InvariantCulture,
        $"{{\"records\": {Records}, \"failed\": 0, \"seconds\": {Seconds:F3}, \"cpuSeconds\": {CpuSeconds:F3}, \"bytesAllocatedPerRecord\": {(double)AllocatedBytes / Math.Max(Records, 1):F3}}}");

    /// <summary>The beginning of the time that counts.</summary>
    public static Mark Begin() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
}

/// <summary>A point in time and what the process had used until then.</summary>
internal readonly record struct Mark(long Timestamp, TimeSpan Cpu, long Allocated)
{
    public double Seconds => Stopwatch.GetElapsedTime(Timestamp).TotalSeconds;

    public Measure End(long records) => new(records, Seconds, (Environment.CpuUsage.TotalTime - Cpu).TotalSeconds, GC.GetTotalAllocatedBytes() - Allocated);
}
