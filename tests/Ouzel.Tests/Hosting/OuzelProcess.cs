using System.Diagnostics;
using System.Text;

namespace Ouzel.Tests.Hosting;

/// <summary>The real program as a process of its own.</summary>
internal sealed class OuzelProcess : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    public OuzelProcess(string folder, params string[] arguments)
        : this(Executable, folder, arguments)
    {
    }

    public OuzelProcess(string program, string folder, string[] arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in start.Environment.Keys.Where(v => v.StartsWith("KAFKA_", StringComparison.Ordinal) || v.StartsWith("OUZEL_", StringComparison.Ordinal) || v == "LOG_DIR").ToList())
        {
            start.Environment.Remove(variable);
        }

        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Process = Process.Start(start)!;
        Process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        Process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    public static string Executable { get; } = CheckoutTree.ProgramOr(Path.Combine(AppContext.BaseDirectory, "ouzel"));

    public Process Process { get; }

    public string Output => Text(_output);

    public string Error => Text(_error);

    /// <summary>Waits until the ready file is there and returns the address in it.</summary>
    public async Task<string> ReadyAsync(string file)
    {
        using var timeout = new CancellationTokenSource(WaitMax);
        while (!File.Exists(file))
        {
            Assert.False(Process.HasExited, $"ended with {(Process.HasExited ? Process.ExitCode : 0)} before it was ready: {Output}{Error}");
            await Task.Delay(20, timeout.Token);
        }

        return (await File.ReadAllTextAsync(file)).Trim();
    }

    public async Task<int> SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Process.Id.ToString()]);
        await kill.WaitForExitAsync();
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        using var timeout = new CancellationTokenSource(WaitMax);
        await Process.WaitForExitAsync(timeout.Token);
        return Process.ExitCode;
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
        }

        Process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (text)
        {
            text.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
