using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouzel.Load;

/// <summary>The outcome of a run.</summary>
/// <param name="Load">produce or consume.</param>
/// <param name="Connections">How many took part.</param>
/// <param name="Seconds">Wall-clock time.</param>
/// <param name="Requests">Answered requests.</param>
/// <param name="Records">Records written or read.</param>
/// <param name="Bytes">Bytes of batches as they are on the wire.</param>
/// <param name="MegabytesPerSecond">10^6 bytes per second.</param>
/// <param name="RecordsPerSecond">Records per second.</param>
/// <param name="LatencyP50Ms">From sending a request to its whole answer.</param>
/// <param name="LatencyP99Ms">The same.</param>
/// <param name="LatencyP999Ms">The same.</param>
/// <param name="BrokerCpuSeconds">Null when no process was named.</param>
/// <param name="BrokerCpuSecondsPerGigabyte">Per 10^9 bytes of batches; null when no process was named.</param>
internal sealed record LoadReport(
    string Load, int Connections, double Seconds, long Requests, long Records, long Bytes, double MegabytesPerSecond, double RecordsPerSecond,
    double LatencyP50Ms, double LatencyP99Ms, double LatencyP999Ms, double? BrokerCpuSeconds, double? BrokerCpuSecondsPerGigabyte)
{
    public static LoadReport Of(string load, LoadOptions options, List<LoadMeter> meters, TimeSpan took, double cpuSeconds)
    {
        var latencies = new Latencies();
        meters.ForEach(m => latencies.Add(m.Latencies));
        long bytes = meters.Sum(m => m.Bytes), records = meters.Sum(m => m.Records);
        double? cpu = options.BrokerPid == 0 ? null : Math.Round(cpuSeconds, 2);
        return new LoadReport(
            load, meters.Count, Math.Round(took.TotalSeconds, 3), meters.Sum(m => m.Requests), records, bytes,
            Math.Round(bytes / took.TotalSeconds / 1e6, 1), Math.Round(records / took.TotalSeconds),
            latencies.PercentileMs(0.5), latencies.PercentileMs(0.99), latencies.PercentileMs(0.999),
            cpu, cpu is null || bytes == 0 ? null : Math.Round(cpuSeconds / (bytes / 1e9), 3));
    }

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.LoadReport);

    public string ToText() =>
        $"{Load}: {MegabytesPerSecond:N1} MB/s, {RecordsPerSecond:N0} records/s over {Connections} connections; {Bytes / 1e6:N1} MB, {Records:N0} records, {Requests:N0} requests in {Seconds:N1} s\n" +
        $"latency p50 {LatencyP50Ms:N2} ms, p99 {LatencyP99Ms:N2} ms, p99.9 {LatencyP999Ms:N2} ms" +
        (BrokerCpuSeconds is null ? "" : $"\nbroker CPU {BrokerCpuSeconds:N2} s, {BrokerCpuSecondsPerGigabyte:N3} s/GB");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
