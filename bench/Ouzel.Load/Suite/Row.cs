using Ouzel.Protocol.Records;

namespace Ouzel.Load.Suite;

/// <summary>One line of load that all contenders get.</summary>
/// <param name="Id">To pick it by.</param>
/// <param name="Name">For people.</param>
/// <param name="Produce">What is written, or null.</param>
/// <param name="FetchBytes">What is read at a time when nothing is written.</param>
/// <param name="Connections">How many.</param>
/// <param name="Partitions">Of the topic.</param>
internal sealed record Row(string Id, string Name, ProduceShape? Produce, int FetchBytes = 0, int Connections = 1, int Partitions = 1)
{
    /// <summary>Of a file that consuming rows read.</summary>
    public const long FilledBytes = 512_000_000;

    /// <summary>A new file of more would need more warm memory than small machines have.</summary>
    private const long ProducedBytesMax = 1_000_000_000;

    public static readonly ProduceShape Large = new(1024, 65536);

    /// <summary>The rows that have a bare loop beside them.</summary>
    public static readonly Row[] All =
    [
        new("produce", "produce 1 KiB, 64 KiB batches, acks=1", Large),
        new("produce-small", "produce 100 B, 16 KiB batches, acks=1", new ProduceShape(100, 16384)),
        new("produce-lz4", "produce 1 KiB, 64 KiB batches, lz4, acks=1", Large with { Codec = CompressionCodec.Lz4 }),
        new("single", "produce 200 B, one per request, 1,000 conn", new ProduceShape(200, 1, InFlight: 1), Connections: 1000, Partitions: 8),
        new("consume", "consume 1 KiB records, 1 MiB fetches", null, 1 << 20),
        new("consume-64k", "consume 1 KiB records, 64 KiB fetches", null, 66 << 10),
    ];

    public bool IsProduce => Produce is not null;

    /// <summary>The bare loop of the row. One that serves a file serves the broker's own log, so that both read the same pages.</summary>
    public async Task<Contender> BareAsync(Contender broker, string directory, CancellationToken stop)
    {
        if (IsProduce)
        {
            return await Contender.BareAsync("bare loop", directory, "bare-produce");
        }

        var log = Path.Combine(broker.DataDirectory!, $"{await FilledAsync(broker, stop)}-0", $"{0:d20}.log");
        return await Contender.BareAsync("bare loop", directory, "bare-sendfile", "--fetch-bytes", FetchBytes.ToString(), "--file", log);
    }

    public async Task<LoadReport> RunAsync(Contender contender, double seconds, CancellationToken stop)
    {
        var topic = IsProduce ? $"{Id}-{Guid.NewGuid():n}" : await FilledAsync(contender, stop);
        var options = new LoadOptions(contender.Address, topic, Partitions, Connections, seconds, IsProduce ? ProducedBytesMax : 0, contender.Pid, contender.IsBare);
        if (!IsProduce)
        {
            return await LoadRun.RunAsync(options, new ConsumeLoad(new ConsumeShape(FetchBytes)), stop);
        }

        Machine.Native.WarmMemory((long)Math.Min(ProducedBytesMax * 1.1, seconds * 1e9));
        var report = await LoadRun.RunAsync(options, new ProduceLoad(Produce!), stop);
        await contender.DropAsync(options);
        return report;
    }

    private static async Task<string> FilledAsync(Contender contender, CancellationToken stop)
    {
        if (contender.FilledTopic is null)
        {
            contender.FilledTopic = $"filled-{Guid.NewGuid():n}";
            if (!contender.IsBare)
            {
                await LoadRun.RunAsync(new LoadOptions(contender.Address, contender.FilledTopic, 1, 1, 60, FilledBytes, 0), new ProduceLoad(Large), stop);
            }
        }

        return contender.FilledTopic;
    }
}

/// <summary>A contender's results in the repetitions of a row.</summary>
internal sealed record Outcome(Contender Contender, List<LoadReport> Reports)
{
    public double Median(Func<LoadReport, double?> figure) => Stat.Median([.. Reports.Select(r => figure(r) ?? double.NaN)]);

    /// <summary>Ratios to another's repetitions, run for run: neighbours on the machine weigh on both alike.</summary>
    public (double Median, double Min, double Max) Ratio(Outcome to, Func<LoadReport, double?> figure)
    {
        double[] ratios = [.. Reports.Zip(to.Reports, (mine, other) => (figure(mine) ?? double.NaN) / (figure(other) ?? double.NaN))];
        return (Stat.Median(ratios), ratios.Min(), ratios.Max());
    }

    /// <summary>Runs a row: each contender once to warm up, then in turns.</summary>
    public static async Task<List<Outcome>> OfAsync(Row row, IReadOnlyList<Contender> contenders, SuiteOptions options, CancellationToken stop)
    {
        List<Outcome> outcomes = [.. contenders.Select(c => new Outcome(c, []))];
        foreach (var contender in contenders)
        {
            await row.RunAsync(contender, Math.Min(1, options.Seconds), stop);
        }

        for (var i = 0; i < options.Count; i++)
        {
            foreach (var outcome in outcomes)
            {
                outcome.Reports.Add(await row.RunAsync(outcome.Contender, options.Seconds, stop));
            }
        }

        return outcomes;
    }
}

/// <summary>Figures of several runs.</summary>
internal static class Stat
{
    public static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
