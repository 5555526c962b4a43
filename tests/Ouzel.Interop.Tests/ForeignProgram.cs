using System.Diagnostics;
using System.Text.Json;

namespace Ouzel.Interop.Tests;

/// <summary>One line that a foreign program printed; what a line does not say is null.</summary>
internal sealed record Line(int[]? Assigned, int[]? Revoked, int? Partition, long? Offset, string? Value, long? Acknowledged, long? Refused, bool? Left)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    /// <summary>The number that the programs put before the colon of a value.</summary>
    public int Number => int.Parse(Value!.Split(':')[0]);

    public static Line Parse(string text) => JsonSerializer.Deserialize<Line>(text, Options)!;
}

/// <summary>A foreign client, running. Its lines of JSON are kept; it ends by itself, by leaving, or by SIGKILL.</summary>
internal sealed class ForeignProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly List<Line> _lines = [];
    private readonly List<string> _texts = [];
    private readonly List<string> _errors = [];
    private readonly bool _leavesBySignal;

    private ForeignProgram(string name, ProcessStartInfo start, bool leavesBySignal)
    {
        _name = name;
        _leavesBySignal = leavesBySignal;
        _process = new Process { StartInfo = start };
    }

    /// <summary>The lines so far, as JSON.</summary>
    public IReadOnlyList<Line> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The lines so far, as they came.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_lines)
            {
                return [.. _texts];
            }
        }
    }

    public IEnumerable<Line> Records => Lines.Where(l => l.Value is not null);

    public bool HasExited => _process.HasExited;

    public static ForeignProgram Start(string name, string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null, bool leavesBySignal = false)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Checkout.Clients };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var program = new ForeignProgram($"{name} {string.Join(' ', start.ArgumentList)}", start, leavesBySignal);
        program.Run();
        return program;
    }

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Waits until <paramref name="done"/> holds; fails with what the program said when it does not within the bound.</summary>
    public async Task UntilAsync(Func<bool> done, string what, int secondsMax = 40)
    {
        var began = Stopwatch.GetTimestamp();
        while (!done())
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync();
                if (done())
                {
                    return;
                }

                Assert.Fail($"{_name} ended with exit code {_process.ExitCode} before: {what}\n{Said()}");
            }

            if (Stopwatch.GetElapsedTime(began).TotalSeconds > secondsMax)
            {
                Assert.Fail($"{_name}: not within {secondsMax} s: {what}\n{Said()}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Waits for the program's end, which must be a good one.</summary>
    public async Task<IReadOnlyList<Line>> FinishAsync(int secondsMax = 60)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(secondsMax));
        try
        {
            await _process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_name} did not end within {secondsMax} s\n{Said()}");
        }

        Assert.True(_process.ExitCode == 0, $"{_name} ended with exit code {_process.ExitCode}\n{Said()}");
        return Lines;
    }

    /// <summary>Asks a group's member to leave, and waits until it is gone.</summary>
    public async Task LeaveAsync()
    {
        if (_leavesBySignal)
        {
            BrokerProcess.Terminate(_process.Id);
        }
        else
        {
            CloseInput();
        }

        await FinishAsync();
    }

    /// <summary>SIGKILL: a member that vanishes without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>The last of what the program said on both of its outputs.</summary>
    public string Said()
    {
        lock (_lines)
        {
            return string.Join('\n', _texts.TakeLast(15).Select(t => t.Length > 120 ? t[..120] + "..." : t).Concat(_errors.TakeLast(25)));
        }
    }

    private void Run()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                lock (_lines)
                {
                    _errors.Add(text);
                }
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? text)
    {
        if (text is null)
        {
            return;
        }

        lock (_lines)
        {
            _texts.Add(text);
            if (text.StartsWith('{'))
            {
                _lines.Add(Line.Parse(text));
            }
        }
    }
}
