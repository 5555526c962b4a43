using System.Diagnostics;
using System.Text.Json;

namespace Ouzel.Load.Suite;

/// <summary>librdkafka's producer of 100-byte records: the broker's CPU beside the client's own.</summary>
internal sealed class ForeignProducer(SuiteOptions options, Verdict verdict)
{
    private const int RecordBytes = 100;

    public async Task RunAsync(CancellationToken stop)
    {
        if (options.Librdkafka is null)
        {
            Console.WriteLine("librdkafka: not measured; install gcc and librdkafka-dev, bench/run then builds bench/librdkafka/produce.c");
            verdict.Note("100-byte records from librdkafka: broker CPU to the client's", "not measured");
            return;
        }

        using var broker = await Contender.BrokerAsync("os", options.Broker, options.Directory, ["ouzel.durability=os", .. options.Settings]);
        var ratios = new List<double>();
        var rates = new List<double>();
        for (var i = -1; i < options.Count; i++)
        {
            var load = new LoadOptions(broker.Address, $"foreign-{Guid.NewGuid():n}", 1, 1, options.Seconds, 0, broker.Pid);
            await Topics.TargetsAsync(load);
            Machine.Native.WarmMemory((long)(options.Seconds * 500e6));
            var before = ProcessFacts.Cpu(broker.Pid);
            var (rate, cpu) = await RunAsync(options.Librdkafka, load, stop);
            if (i >= 0)
            {
                ratios.Add((ProcessFacts.Cpu(broker.Pid) - before).Total / cpu);
                rates.Add(rate);
            }

            await broker.DropAsync(load);
        }

        Console.WriteLine($"librdkafka, {RecordBytes}-byte records, acks=1: {Stat.Median([.. rates]):N0} records/s; broker CPU to the client's {Stat.Median([.. ratios]):N2} ({ratios.Min():N2}..{ratios.Max():N2})");
        verdict.AtMost("100-byte records from librdkafka: broker CPU to the client's", Stat.Median([.. ratios]), 0.25, "");
    }

    private static async Task<(double RecordsPerSecond, double CpuSeconds)> RunAsync(string program, LoadOptions load, CancellationToken stop)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [load.Address, load.Topic, load.Seconds.ToString(), RecordBytes.ToString()]) { RedirectStandardOutput = true })
            ?? throw new LoadException($"{program} cannot be started");
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        if (process.ExitCode != 0)
        {
            throw new LoadException($"{program} ended with {process.ExitCode}: {output}");
        }

        var report = JsonDocument.Parse(output).RootElement;
        return (report.GetProperty("records").GetDouble() / report.GetProperty("seconds").GetDouble(), report.GetProperty("cpuSeconds").GetDouble());
    }
}
