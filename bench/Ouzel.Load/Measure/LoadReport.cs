using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouzel.Load;

/// <summary>The outcome of a run.</summary>
/// <param name="Load">produce, consume or latency.</param>
/// <param name="Connections">How many took part.</param>
/// <param name="Seconds">Wall-clock time.</param>
/// <param name="Requests">Answered requests.</param>
/// <param name="Records">Records written or read.</param>
/// <param name="Bytes">Bytes of batches as they are on the wire.</param>
/// <param name="LatencyP50Ms">From sending a request to its whole response; in the latency run from a record's planned time to its arrival at the consumer.</param>
/// <param name="LatencyP90Ms">The same.</param>
/// <param name="LatencyP99Ms">The same.</param>
/// <param name="LatencyP999Ms">The same.</param>
/// <param name="LatencyMaxMs">The same.</param>
/// <param name="BrokerUserSeconds">CPU in the broker's program; null when no process was named.</param>
/// <param name="BrokerSystemSeconds">CPU in the kernel for the broker; null when no process was named.</param>
/// <param name="ClientUserSeconds">CPU of the load generator itself.</param>
/// <param name="ClientSystemSeconds">The same in the kernel.</param>
internal sealed record LoadReport(
    string Load, int Connections, double Seconds, long Requests, long Records, long Bytes,
    double LatencyP50Ms, double LatencyP90Ms, double LatencyP99Ms, double LatencyP999Ms, double LatencyMaxMs,
    double? BrokerUserSeconds, double? BrokerSystemSeconds, double ClientUserSeconds, double ClientSystemSeconds)
{
    /// <summary>10^6 bytes per second.</summary>
    public double MegabytesPerSecond => Math.Round(Bytes / Seconds / 1e6, 2);

    public double RecordsPerSecond => Math.Round(Records / Seconds);

    /// <summary>Of CPU, per 10^9 bytes of batches.</summary>
    public double? BrokerSecondsPerGigabyte => PerGigabyte(BrokerUserSeconds + BrokerSystemSeconds);

    public double? BrokerMicrosecondsPerRequest => Requests == 0 ? null : Rounded((BrokerUserSeconds + BrokerSystemSeconds) * 1e6 / Requests);

    public double? ClientSecondsPerGigabyte => PerGigabyte(ClientUserSeconds + ClientSystemSeconds);

    public static LoadReport Of(string load, int connections, List<LoadMeter> meters, TimeSpan took, bool hasBroker, CpuTime broker, CpuTime client)
    {
        var latencies = new Latencies();
        meters.ForEach(m => latencies.Add(m.Latencies));
        return Of(load, connections, meters.Sum(m => m.Requests), meters.Sum(m => m.Records), meters.Sum(m => m.Bytes), latencies, took, hasBroker, broker, client);
    }

    public static LoadReport Of(
        string load, int connections, long requests, long records, long bytes, Latencies latencies, TimeSpan took, bool hasBroker, CpuTime broker, CpuTime client) => new(
        load, connections, Math.Round(took.TotalSeconds, 3), requests, records, bytes,
        latencies.PercentileMs(0.5), latencies.PercentileMs(0.9), latencies.PercentileMs(0.99), latencies.PercentileMs(0.999), Math.Round(latencies.MaxMs, 3),
        hasBroker ? Math.Round(broker.User, 2) : null, hasBroker ? Math.Round(broker.System, 2) : null, Math.Round(client.User, 2), Math.Round(client.System, 2));

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.LoadReport);

    public string ToText() =>
        $"{Load}: {MegabytesPerSecond:N1} MB/s, {RecordsPerSecond:N0} records/s over {Connections} connections; {Bytes / 1e6:N1} MB, {Records:N0} records, {Requests:N0} requests in {Seconds:N1} s\n" +
        $"latency p50 {LatencyP50Ms:N2} ms, p90 {LatencyP90Ms:N2} ms, p99 {LatencyP99Ms:N2} ms, p99.9 {LatencyP999Ms:N2} ms, max {LatencyMaxMs:N2} ms\n" +
        (BrokerUserSeconds is null ? "" : $"broker CPU {BrokerUserSeconds:N2} s user, {BrokerSystemSeconds:N2} s system; {BrokerSecondsPerGigabyte:N3} s/GB, {BrokerMicrosecondsPerRequest:N1} us per request\n") +
        $"client CPU {ClientUserSeconds:N2} s user, {ClientSystemSeconds:N2} s system; {ClientSecondsPerGigabyte:N3} s/GB";

    private double? PerGigabyte(double? seconds) => Bytes == 0 ? null : Rounded(seconds * 1e9 / Bytes);

    private static double? Rounded(double? value) => value is { } v ? Math.Round(v, 3) : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
