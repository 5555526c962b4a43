using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ouzel.Interop.Tests;

/// <summary>The built executable, running: <c>ouzel start</c> on a folder of its own. Restarts keep port and data.</summary>
internal sealed partial class BrokerProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(60);

    private readonly List<string> _arguments;
    private readonly List<string> _log = [];
    private Process? _process;
    private int _port;

    private BrokerProcess(string data, IEnumerable<string> arguments)
    {
        Data = data;
        _arguments = [.. arguments];
    }

    public string Data { get; }

    /// <summary>host:port, the same over restarts.</summary>
    public string Address { get; private set; } = "";

    public int ProcessId => _process!.Id;

    /// <summary>From launch to the ready file, of the last start.</summary>
    public TimeSpan StartTook { get; private set; }

    /// <summary>The broker's print so far, the last lines only.</summary>
    public string LogTail
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log.TakeLast(40));
            }
        }
    }

    /// <param name="arguments">More arguments of <c>ouzel start</c>.</param>
    public static async Task<BrokerProcess> StartAsync(params string[] arguments)
    {
        var broker = new BrokerProcess(Checkout.TemporaryFolder("data"), arguments);
        await broker.StartAgainAsync();
        return broker;
    }

    public async Task StartAgainAsync()
    {
        var ready = Path.Combine(Checkout.TemporaryFolder("ready"), "ready");
        var start = new ProcessStartInfo(Checkout.Executable) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])["start", "--data", Data, "--port", $"{_port}", "--ready-file", ready, .. _arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var began = Stopwatch.GetTimestamp();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        while (!File.Exists(ready) || (await File.ReadAllTextAsync(ready)).Trim().Length == 0)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > StartMax)
            {
                throw new InvalidOperationException($"ouzel start did not get ready: {(_process.HasExited ? $"exit code {_process.ExitCode}" : $"{StartMax} passed")}\n{LogTail}");
            }

            await Task.Delay(5);
        }

        StartTook = Stopwatch.GetElapsedTime(began);
        Address = (await File.ReadAllTextAsync(ready)).Trim();
        _port = int.Parse(Address[(Address.LastIndexOf(':') + 1)..]);
    }

    /// <summary>SIGTERM, then waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        Signal(_process!.Id, SigTerm);
        using var bound = new CancellationTokenSource(StopMax);
        try
        {
            await _process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"The broker did not stop within {StopMax}\n{LogTail}");
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL: the broker gets no chance to do anything.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    /// <summary>Sends a signal to one process of ours.</summary>
    public static void Terminate(int processId) => Signal(processId, SigTerm);

    private static void Signal(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
        {
            throw new InvalidOperationException($"kill({processId}, {signal}) failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_log)
            {
                _log.Add(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
