using System.Globalization;

namespace Ouzel.Load.Suite;

/// <summary>Two brokers, row for row in turns: what one build gains or loses over another.</summary>
internal sealed class CompareRun(SuiteOptions options, string[] against)
{
    public async Task RunAsync(CancellationToken stop)
    {
        if (against.Length != 2)
        {
            throw new LoadException("compare takes two contenders");
        }

        using Contender first = await ContenderAsync("A", against[0]), second = await ContenderAsync("B", against[1]);
        Console.WriteLine($"A is {against[0]}");
        Console.WriteLine($"B is {against[1]}");
        Console.WriteLine();
        Console.WriteLine($"| {"load",-44} |   A MB/s |   B MB/s | {"rate B/A (min..max)",-20} | A s/GB | B s/GB | {"s/GB B/A (min..max)",-20} | A p99 ms | B p99 ms | {"p99 B/A (min..max)",-20} |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var row in Row.All.Where(r => options.Wants(r.Id)))
        {
            var outcomes = await Outcome.OfAsync(row, [first, second], options, stop);
            var (a, b) = (outcomes[0], outcomes[1]);
            Console.WriteLine(
                $"| {row.Name,-44} | {a.Median(r => r.MegabytesPerSecond),8:N1} | {b.Median(r => r.MegabytesPerSecond),8:N1} | {Ratio(r => r.MegabytesPerSecond),-20} " +
                $"| {Figure(a, r => r.BrokerSecondsPerGigabyte)} | {Figure(b, r => r.BrokerSecondsPerGigabyte)} | {Ratio(r => r.BrokerSecondsPerGigabyte),-20} " +
                $"| {a.Median(r => r.LatencyP99Ms),8:N2} | {b.Median(r => r.LatencyP99Ms),8:N2} | {Ratio(r => r.LatencyP99Ms),-20} |");

            string Ratio(Func<LoadReport, double?> figure) => b.Ratio(a, figure) is { Median: not double.NaN } r ? $"{r.Median:N2} ({r.Min:N2}..{r.Max:N2})" : "";
        }
    }

    private static string Figure(Outcome outcome, Func<LoadReport, double?> figure) => outcome.Median(figure) is not double.NaN and var value ? $"{value,6:N3}" : $"{"",6}";

    private async Task<Contender> ContenderAsync(string name, string text)
    {
        if (File.Exists(text))
        {
            return await Contender.BrokerAsync(name, text, options.Directory, ["ouzel.durability=os", .. options.Settings]);
        }

        var parts = text.Split('@');
        var pid = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        return new Contender(name, parts[0], pid, false, null);
    }
}
