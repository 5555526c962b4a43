using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ouzel.Protocol.Messages;

namespace Ouzel.Load.Suite;

/// <summary>The program as eng/publish makes it: how soon it serves, and what it costs when nobody comes.</summary>
internal sealed class PublishedProgram(SuiteOptions options, Verdict verdict)
{
    private const int SettleMs = 5000, IdleMs = 10000, StartSecondsMax = 30;
    private const string Topic = "first";

    /// <summary>On linux-x64 it is machine code as a whole; elsewhere it has the runtime in it.</summary>
    private static readonly bool IsNative = OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64;
    private static readonly (double BytesMb, double StartMs, double ResidentMb) Max = IsNative ? (12, 25, 20) : (40, 150, 60);

    public async Task RunAsync(CancellationToken stop)
    {
        if (options.Published is null)
        {
            Console.WriteLine("start: not measured; bench/run publishes the program unless --no-build is given");
            verdict.Note("published: size, start, memory and CPU when idle", "not measured");
            return;
        }

        var size = new FileInfo(options.Published).Length / 1e6;
        Console.WriteLine($"published: a file of {size:N1} MB");
        verdict.AtMost("published: size of the file", size, Max.BytesMb, " MB");
        var fresh = new List<double>();
        var again = new List<double>();
        for (var i = -1; i < options.Count; i++)
        {
            var data = Path.Combine(options.Directory, $"start-{Guid.NewGuid():n}");
            double first = await StartAsync(data, () => Task.CompletedTask), second = await StartAsync(data, () => Task.CompletedTask);
            if (i >= 0)
            {
                fresh.Add(first);
                again.Add(second);
            }

            Directory.Delete(data, recursive: true);
        }

        Console.WriteLine($"published: launch to the first acknowledged record, topic made on the way: {Stat.Median([.. fresh]):N0} ms on a new directory ({fresh.Min():N0}..{fresh.Max():N0}), {Stat.Median([.. again]):N0} ms on an old one ({again.Min():N0}..{again.Max():N0})");
        verdict.AtMost("published: start on a new directory to the first acknowledged record", Stat.Median([.. fresh]), Max.StartMs, " ms");
        verdict.AtMost("published: start on an old directory to the first acknowledged record", Stat.Median([.. again]), Max.StartMs, " ms");
        await IdleAsync(stop);
    }

    private async Task IdleAsync(CancellationToken stop)
    {
        var data = Path.Combine(options.Directory, $"start-{Guid.NewGuid():n}");
        await StartAsync(data, async () =>
        {
            await Task.Delay(SettleMs, stop);
            var resident = ProcessFacts.ResidentBytes(_pid);
            var before = ProcessFacts.FineCpuSeconds(_pid);
            var began = Stopwatch.GetTimestamp();
            await Task.Delay(IdleMs, stop);
            var cpu = (ProcessFacts.FineCpuSeconds(_pid) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine($"published, idle after one record: {resident / 1e6:N1} MB resident, {cpu * 100:N2} % of a core");
            verdict.AtMost("published: resident memory when idle", resident / 1e6, Max.ResidentMb, " MB");
            verdict.AtMost("published: CPU when idle, of a core", cpu * 100, 0.3, " %");
        });
        Directory.Delete(data, recursive: true);
    }

    private int _pid;

    /// <summary>Milliseconds from the launch to the response about the first record; then does what is given, then stops the program.</summary>
    private async Task<double> StartAsync(string data, Func<Task> then)
    {
        Directory.CreateDirectory(data);
        var port = FreePort();
        var (batch, _) = ProduceLoad.Batch(new ProduceShape(100, 1));
        var options1 = new LoadOptions($"127.0.0.1:{port}", Topic, 1, 1, 0, 0, 0);
        var began = Stopwatch.GetTimestamp();
        using var process = ServerProcess.Launch(options.Published!, ["start", "--data", Path.Combine(data, "data"), "--port", port.ToString()], Path.Combine(data, "log"));
        try
        {
            await ReachAsync(port, began, process, Path.Combine(data, "log"));
            var target = (await Topics.TargetsAsync(options1))[0];
            using var connection = await LoadConnection.OpenAsync(target.Host, target.Port);
            await connection.SendAsync(LoadConnection.Frame<ProduceRequest, ProduceResponse>(ProduceLoad.Request(target, batch, -1), ProduceLoad.Version));
            ProduceLoad.Check(await connection.ReceiveAsync(), new ProduceResponse());
            var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            _pid = process.Id;
            await then();
            return took;
        }
        finally
        {
            ServerProcess.Stop(process);
        }
    }

    private static async Task ReachAsync(int port, long began, Process process, string log)
    {
        while (true)
        {
            try
            {
                using var connection = LoadConnection.Open("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (!process.HasExited && Stopwatch.GetElapsedTime(began).TotalSeconds < StartSecondsMax)
            {
                await Task.Delay(1);
            }
            catch (SocketException)
            {
                throw new LoadException($"the published program does not serve:\n{await File.ReadAllTextAsync(log)}");
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
