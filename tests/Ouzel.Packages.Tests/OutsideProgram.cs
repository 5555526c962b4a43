using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Ouzel.Packages.Tests;

/// <summary>A program that runs beside the tests: its lines, waited for, and its end.</summary>
internal sealed partial class OutsideProgram : IDisposable
{
    private const int Sigterm = 15;

    private readonly Lock _gate = new();
    private readonly Process _process;
    private readonly StringBuilder _all = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OutsideProgram(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Exited += (_, _) => OnLine(null);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _all.ToString();
            }
        }
    }

    public static OutsideProgram Start(string folder, string file, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return new OutsideProgram(start);
    }

    /// <summary>Runs a program to its end, which must be a good one.</summary>
    public static async Task<string> RunAsync(string folder, string file, params IEnumerable<string> arguments)
    {
        using var program = Start(folder, file, arguments);
        await program._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(program._process.ExitCode == 0, $"{file} ended with exit code {program._process.ExitCode}:\n{program.Output}");
        return program.Output;
    }

    /// <summary>The first line that has a text in it, waited for.</summary>
    public async Task<string> LineAsync(string text)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_lines.Find(l => l.Contains(text, StringComparison.Ordinal)) is { } line)
                {
                    return line;
                }

                more = _more.Task;
            }

            Assert.False(_process.HasExited, $"it ended without the line '{text}':\n{Output}");
            await more.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>SIGTERM, then the exit code.</summary>
    public async Task<int> EndAsync()
    {
        Assert.Equal(0, Kill(_process.Id, Sigterm));
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        lock (_gate)
        {
            if (line is not null)
            {
                _lines.Add(line);
                _all.AppendLine(line);
            }

            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
