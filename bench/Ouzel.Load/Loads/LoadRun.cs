using System.Diagnostics;

namespace Ouzel.Load;

/// <summary>Finds or makes the topic, opens the connections, drives them, adds up.</summary>
internal static class LoadRun
{
    public static async Task<LoadReport> RunAsync(LoadOptions options, ILoad load, CancellationToken stop) =>
        (await RunAsync(options, [(load, options.Connections)], stop))[0];

    /// <summary>Several loads at once on one topic, each on connections of its own; a report for each, the CPU in all of them is that of the whole.</summary>
    public static async Task<List<LoadReport>> RunAsync(LoadOptions options, List<(ILoad Load, int Connections)> loads, CancellationToken stop)
    {
        var targets = await Topics.TargetsAsync(options);
        var total = new LoadTotal(options.BytesMax, TimeSpan.FromSeconds(options.Seconds), stop);
        var drives = new List<(ILoad Load, LoadConnection Connection, LoadTarget Target, LoadMeter Meter)>();
        try
        {
            foreach (var (load, connections) in loads)
            {
                for (var i = 0; i < connections; i++)
                {
                    var target = targets[i % targets.Count];
                    drives.Add((load, await LoadConnection.OpenAsync(target.Host, target.Port), target, new LoadMeter(total)));
                }
            }

            CpuTime brokerBefore = ProcessFacts.Cpu(options.BrokerPid), clientBefore = ProcessFacts.Cpu(Environment.ProcessId);
            var began = Stopwatch.GetTimestamp();
            total.Begin();
            await Task.WhenAll(drives.Select(d => Task.Run(() => d.Load.DriveAsync(d.Connection, d.Target, d.Meter), CancellationToken.None)));
            var took = Stopwatch.GetElapsedTime(began);
            CpuTime broker = ProcessFacts.Cpu(options.BrokerPid) - brokerBefore, client = ProcessFacts.Cpu(Environment.ProcessId) - clientBefore;
            return [.. loads.Select(l => LoadReport.Of(
                l.Load.Name, l.Connections, [.. drives.Where(d => d.Load == l.Load).Select(d => d.Meter)], took, options.BrokerPid != 0, broker, client))];
        }
        finally
        {
            drives.ForEach(d => d.Connection.Dispose());
        }
    }
}
