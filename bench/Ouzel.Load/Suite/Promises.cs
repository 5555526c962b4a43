using Ouzel.Load.Machine;

namespace Ouzel.Load.Suite;

/// <summary>The figures that need something else than a bare loop beside them.</summary>
internal sealed class Promises(SuiteOptions options, Verdict verdict)
{
    private const int ManyProducers = 32, IdleConnections = 10000;

    public async Task RunAsync(CancellationToken stop)
    {
        if (options.Wants("fsync"))
        {
            await GroupCommitAsync(stop);
        }

        if (options.Wants("latency"))
        {
            await LatencyAsync(stop);
        }

        if (options.Wants("idle"))
        {
            await IdleAsync();
        }

        if (options.Wants("librdkafka"))
        {
            await new ForeignProducer(options, verdict).RunAsync(stop);
        }

        if (options.Wants("start"))
        {
            await new PublishedProgram(options, verdict).RunAsync(stop);
        }
    }

    /// <summary>Writes that wait for the disk beside writes that do not, by brokers that differ in nothing else.</summary>
    private async Task GroupCommitAsync(CancellationToken stop)
    {
        using var syncing = await Contender.BrokerAsync("fsync", options.Broker, options.Directory, [.. options.Settings, "ouzel.durability=fsync"]);
        using var lazy = await Contender.BrokerAsync("os", options.Broker, options.Directory, [.. options.Settings, "ouzel.durability=os"]);
        Row[] rows =
        [
            new("fsync-large", "1 KiB records, 64 KiB batches", Row.Large with { Acks = -1 }, Connections: ManyProducers, Partitions: 8),
            new("fsync-small", "1 KiB records, one a request", new ProduceShape(1024, 1, Acks: -1), Connections: ManyProducers, Partitions: 8),
        ];
        foreach (var row in rows)
        {
            var outcomes = await Outcome.OfAsync(row, [syncing, lazy], options, stop);
            var ratio = outcomes[0].Ratio(outcomes[1], r => r.RecordsPerSecond).Median;
            Console.WriteLine($"acks=all, {ManyProducers} producers, {row.Name}: {outcomes[0].Median(r => r.RecordsPerSecond):N0} records/s with fsync, {outcomes[1].Median(r => r.RecordsPerSecond):N0} without " +
                $"({outcomes[0].Median(r => r.MegabytesPerSecond):N0} and {outcomes[1].Median(r => r.MegabytesPerSecond):N0} MB/s)");
            await SyncsAsync(row, syncing, stop);
            verdict.AtLeast($"acks=all with fsync to without, {ManyProducers} producers, {row.Name}", ratio * 100, 60, " %");
        }
    }

    /// <summary>One run more, counted; counting costs the broker a little.</summary>
    private async Task SyncsAsync(Row row, Contender syncing, CancellationToken stop)
    {
        using var counter = SyncCounter.Begin(syncing.Pid);
        var report = await row.RunAsync(syncing, options.Seconds, stop);
        Console.WriteLine(counter?.Count() is > 0 and var syncs
            ? $"  {syncs / report.Seconds:N0} fdatasync/s, {(double)report.Records / syncs:N0} records each"
            : "  fdatasync calls are not counted: that takes perf (linux-perf) and the right to trace system calls");
    }

    private async Task LatencyAsync(CancellationToken stop)
    {
        using (var lazy = await Contender.BrokerAsync("os", options.Broker, options.Directory, [.. options.Settings, "ouzel.durability=os"]))
        {
            var (p50, p99, _) = await LatencyAsync(lazy, 1, "without fsync", stop);
            verdict.AtMost("end-to-end latency at 1,000 records/s without fsync, p50", p50, 1, " ms");
            verdict.AtMost("end-to-end latency at 1,000 records/s without fsync, p99", p99, 3, " ms");
        }

        using var syncing = await Contender.BrokerAsync("fsync", options.Broker, options.Directory, [.. options.Settings, "ouzel.durability=fsync"]);
        var disk = MachineLimits.Sync(options.Directory, 4 << 10, Math.Min(1, options.Seconds)).P99Ms;
        (_, var syncedP99, var acknowledgedP99) = await LatencyAsync(syncing, -1, "with fsync", stop);
        verdict.AtMost($"end-to-end latency at 1,000 records/s with fsync, p99 beyond the disk's {disk:N2} ms", syncedP99 - disk, 3, " ms");
        verdict.AtMost($"acknowledged at 1,000 records/s with fsync, p99 beyond the disk's {disk:N2} ms", acknowledgedP99 - disk, 3, " ms");
    }

    private async Task<(double P50, double P99, double AcknowledgedP99)> LatencyAsync(Contender contender, short acks, string how, CancellationToken stop)
    {
        var reports = new List<LoadReport>();
        var acknowledged = new List<Latencies>();
        for (var i = -1; i < options.Count; i++)
        {
            var load = new LoadOptions(contender.Address, "latency", 1, 2, options.Seconds, 0, contender.Pid);
            var (report, acknowledgements) = await new LatencyRun(load, new LatencyShape(1000, 1024, acks)).RunAsync(stop);
            if (i >= 0)
            {
                reports.Add(report);
                acknowledged.Add(acknowledgements);
            }
        }

        var outcome = new Outcome(contender, reports);
        double p50 = outcome.Median(r => r.LatencyP50Ms), p99 = outcome.Median(r => r.LatencyP99Ms);
        double acknowledgedP50 = Stat.Median([.. acknowledged.Select(a => a.PercentileMs(0.5))]), acknowledgedP99 = Stat.Median([.. acknowledged.Select(a => a.PercentileMs(0.99))]);
        Console.WriteLine($"end to end, 1,000 records/s of 1 KiB {how}: p50 {p50:N2} ms, p90 {outcome.Median(r => r.LatencyP90Ms):N2} ms, p99 {p99:N2} ms, p99.9 {outcome.Median(r => r.LatencyP999Ms):N2} ms, " +
            $"max {outcome.Median(r => r.LatencyMaxMs):N2} ms; acknowledged p50 {acknowledgedP50:N2} ms, p99 {acknowledgedP99:N2} ms; {outcome.Median(r => r.BrokerMicrosecondsPerRequest):N0} us of broker CPU per record");
        return (p50, p99, acknowledgedP99);
    }

    private async Task IdleAsync()
    {
        foreach (var speaks in (bool[])[false, true])
        {
            using var broker = await Contender.BrokerAsync("idle", options.Broker, options.Directory, [.. options.Settings]);
            var report = await IdleRun.RunAsync(new LoadOptions(broker.Address, "", 1, IdleConnections, 0, 0, broker.Pid), speaks);
            Console.WriteLine(report.ToText());
            verdict.AtMost($"{IdleConnections:N0} idle connections{(speaks ? " after two requests each" : "")}: broker memory each", report.KibibytesEach, 6, " KiB");
        }
    }
}
