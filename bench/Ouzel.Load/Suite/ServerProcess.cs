using System.Diagnostics;
using Ouzel.Load.Machine;

namespace Ouzel.Load.Suite;

/// <summary>A server that this program starts, waits for and stops: a broker or a bare loop.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int PollMs = 5, StartSecondsMax = 60, StopMsMax = 20000, Terminate = 15;
    private readonly Process _process;
    private readonly string _ready;

    private ServerProcess(Process process, string ready)
    {
        _process = process;
        _ready = ready;
    }

    public int Pid => _process.Id;

    public string Address { get; private set; } = "";

    public static async Task<ServerProcess> StartAsync(string executable, IEnumerable<string> arguments, string directory)
    {
        Directory.CreateDirectory(directory);
        var ready = Path.Combine(directory, $"ready-{Guid.NewGuid():n}");
        var server = new ServerProcess(Launch(executable, [.. arguments, "--ready-file", ready], ready + ".log"), ready);
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began).TotalSeconds < StartSecondsMax; await Task.Delay(PollMs))
        {
            var address = File.Exists(ready) ? (await File.ReadAllTextAsync(ready)).Trim() : "";
            if (address.Length > 0)
            {
                server.Address = address;
                return server;
            }

            if (server._process.HasExited)
            {
                break;
            }
        }

        var log = await File.ReadAllTextAsync(ready + ".log");
        server.Dispose();
        throw new LoadException($"{executable} did not start:\n{log}");
    }

    /// <summary>Output goes to a file by the shell: a pipe that nobody reads would stop the server.</summary>
    public static Process Launch(string executable, IEnumerable<string> arguments, string log)
    {
        var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh", log, executable } };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // What this program sets for itself must not decide for the server.
        start.Environment.Remove("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS");
        var process = Process.Start(start) ?? throw new LoadException($"{executable} cannot be started");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => KillUnlessGone(process);
        return process;
    }

    public static void Stop(Process process)
    {
        if (!process.HasExited)
        {
            Native.Signal(process.Id, Terminate);
            if (!process.WaitForExit(StopMsMax))
            {
                KillUnlessGone(process);
            }
        }
    }

    public void Dispose()
    {
        Stop(_process);
        _process.Dispose();
        File.Delete(_ready);
        File.Delete(_ready + ".log");
    }

    private static void KillUnlessGone(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has gone, or is stopped and forgotten already.
        }
    }
}
