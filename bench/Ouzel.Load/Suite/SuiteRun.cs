using Ouzel.Load.Machine;

namespace Ouzel.Load.Suite;

/// <summary>The whole table: the machine, the rows beside their bare loops, the rest of the promises, the verdict.</summary>
internal sealed class SuiteRun(SuiteOptions options)
{
    private readonly Verdict _verdict = new();

    public async Task RunAsync(CancellationToken stop)
    {
        if (options.Wants("limits"))
        {
            Console.WriteLine(MachineLimits.Table(MachineLimits.Measure(options.Directory, Math.Min(1, options.Seconds))));
            Console.WriteLine();
        }

        await RowsAsync(stop);
        await new Promises(options, _verdict).RunAsync(stop);
        Console.WriteLine();
        Console.WriteLine(_verdict.ToText());
    }

    private async Task RowsAsync(CancellationToken stop)
    {
        Row[] rows = [.. Row.All.Where(r => options.Wants(r.Id))];
        if (rows.Length == 0)
        {
            return;
        }

        Console.WriteLine($"| {"load",-44} | {"served by",-13} |     MB/s |   records/s |   p50 ms |   p99 ms | p99.9 ms | user s/GB | sys s/GB |   s/GB | us/request | x bare (min..max)   |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        using var broker = await Contender.BrokerAsync("broker", options.Broker, options.Directory, ["ouzel.durability=os", .. options.Settings]);
        foreach (var row in rows)
        {
            using var bare = await row.BareAsync(broker, options.Directory, stop);
            List<Contender> contenders = [broker, bare];
            if (row.Id == "produce")
            {
                contenders.Add(await Contender.BareAsync("bare, reserved", options.Directory, "bare-produce", "--preallocate", (64 << 20).ToString()));
            }

            var outcomes = await Outcome.OfAsync(row, contenders, options, stop);
            contenders.Skip(2).ToList().ForEach(c => c.Dispose());
            foreach (var outcome in outcomes)
            {
                Print(row, outcome, outcomes[1]);
            }

            Judge(row, outcomes[0], outcomes[1]);
        }
    }

    private static void Print(Row row, Outcome outcome, Outcome bare)
    {
        var (ratio, min, max) = outcome.Ratio(bare, r => r.BrokerSecondsPerGigabyte);
        Console.WriteLine(
            $"| {row.Name,-44} | {outcome.Contender.Name,-14} | {outcome.Median(r => r.MegabytesPerSecond),8:N1} | {outcome.Median(r => r.RecordsPerSecond),11:N0} " +
            $"| {outcome.Median(r => r.LatencyP50Ms),8:N2} | {outcome.Median(r => r.LatencyP99Ms),8:N2} | {outcome.Median(r => r.LatencyP999Ms),8:N2} " +
            $"| {outcome.Median(r => r.BrokerUserSeconds * 1e9 / r.Bytes),9:N3} | {outcome.Median(r => r.BrokerSystemSeconds * 1e9 / r.Bytes),8:N3} | {outcome.Median(r => r.BrokerSecondsPerGigabyte),6:N3} " +
            $"| {outcome.Median(r => r.BrokerMicrosecondsPerRequest),10:N1} | {(outcome == bare ? "" : $"{ratio:N2} ({min:N2}..{max:N2})"),-19} |");
    }

    private void Judge(Row row, Outcome broker, Outcome bare)
    {
        var ratio = broker.Ratio(bare, r => r.BrokerSecondsPerGigabyte).Median;
        switch (row.Id)
        {
            case "produce":
                _verdict.AtMost("produce 1 KiB records, 64 KiB batches: broker CPU to the bare loop's", ratio, 1.5, "");
                break;
            case "consume":
                _verdict.AtMost("consume, 1 MiB fetches: broker CPU to a bare sendfile loop's", ratio, 1.3, "");
                _verdict.AtMost("consume, 1 MiB fetches: broker CPU per GB", broker.Median(r => r.BrokerSecondsPerGigabyte), 0.5, " s");
                break;
            case "single":
                _verdict.AtMost("200-byte requests of one record, 1,000 connections: broker CPU", broker.Median(r => r.BrokerMicrosecondsPerRequest), 25, " us");
                break;
        }
    }
}
