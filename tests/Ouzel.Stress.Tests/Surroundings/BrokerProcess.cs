using System.Diagnostics;
using System.Globalization;

namespace Ouzel.Stress.Tests.Surroundings;

/// <summary>The built program as a process of its own, which can be ended by SIGKILL.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private const string Address = "127.0.0.1:";
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly string _ready;

    /// <param name="folder">For the file that tells where the broker listens; a new name for each life.</param>
    /// <param name="life">The number of the life.</param>
    /// <param name="settings">All settings.</param>
    /// <param name="errors">Gets the lines at error.</param>
    public BrokerProcess(string folder, int life, IEnumerable<(string Name, string Value)> settings, ErrorLines errors)
    {
        _ready = $"{folder}/ready-{life}";
        var start = new ProcessStartInfo(Executable) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder };
        foreach (var argument in (string[])["start", "--log-format", "json", "--ready-file", _ready, .. settings.SelectMany(s => (string[])["--set", $"{s.Name}={s.Value}"])])
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Look(line.Data);
        _process.ErrorDataReceived += (_, line) => Look(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        void Look(string? line)
        {
            if (line is not null && (line.Contains("\"level\":\"error\"", StringComparison.Ordinal) || !line.StartsWith('{')))
            {
                errors.Add(line);
            }
        }
    }

    /// <summary>It ended by itself.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Built with this program; OUZEL_EXECUTABLE names another.</summary>
    private static string Executable => Environment.GetEnvironmentVariable("OUZEL_EXECUTABLE") is { Length: > 0 } other
        ? other
        : Path.Combine(CheckoutTree.Root, "src", "Ouzel", "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", "ouzel");

    /// <summary>Waits until requests are served; the port.</summary>
    public async Task<int> ReadyAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (File.Exists(_ready) && (await File.ReadAllTextAsync(_ready)).Trim() is { Length: > 0 } told)
            {
                return int.Parse(told.AsSpan(Address.Length), CultureInfo.InvariantCulture);
            }

            if (_process.HasExited || TimeProvider.System.GetElapsedTime(began) > ReadyMax)
            {
                throw new InvalidOperationException(_process.HasExited ? $"the broker ended at its start with {_process.ExitCode}" : $"the broker is not ready within {ReadyMax.TotalSeconds} s");
            }

            await Task.Delay(10);
        }
    }

    /// <summary>SIGKILL: no chance to do anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var signal = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await signal.WaitForExitAsync();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
