using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Ouzel.Commands;
using Ouzel.Logging;
using Ouzel.Storage.Disks;

namespace Ouzel.Hosting;

/// <summary>
/// -daemon, as Kafka's start script knows it: the broker runs on as a process of its own, away from the terminal, and its lines go to a file.
/// Whoever started it is told where, once it serves or once it is clear that it does not.
/// </summary>
internal sealed partial class Daemon(TextWriter output, TextWriter error, Disk disk, TimeProvider clock)
{
    /// <summary>The variable that names the folder of logs in Kafka's scripts.</summary>
    private const string FolderVariable = "LOG_DIR";
    private const string LogName = "ouzel.out";
    private const int TailBytes = 4096;

    /// <summary>Longest wait for the new broker; recovery after a crash may take longer and goes on without us.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>For the new process: leaves the session, and with it the terminal, of who started it.</summary>
    public static void LeaveSession()
    {
        // Fails only for a process that leads its group already; that one has no terminal to lose.
        _ = SetSid();
    }

    /// <summary>Starts this program again in the background.</summary>
    /// <param name="arguments">Its words, without -daemon.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> StartAsync(IReadOnlyList<string> arguments)
    {
        var folder = Path.GetFullPath(Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? named : "logs");
        var log = Path.Join(folder, LogName);
        var serving = Path.Join(folder, $".serving-{Environment.ProcessId}");
        try
        {
            disk.CreateDirectory(folder);
            disk.OpenFile(log, DiskOpen.OrCreate).Release();
        }
        catch (DiskException e)
        {
            await error.WriteLineAsync($"ouzel: the log cannot be written to {log} ({e.Message}): name another folder with {FolderVariable}=DIR");
            return ExitCode.Failure;
        }

        // The shell opens the log for it; the broker then takes the shell's place.
        using var broker = Process.Start("/bin/sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log, Environment.ProcessPath!, .. arguments, StartCommand.DetachedName, serving]);
        var began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < WaitMax)
        {
            if (disk.Exists(serving))
            {
                var address = Encoding.UTF8.GetString(disk.ReadAllBytes(serving)).Trim();
                disk.Delete(serving);
                await output.WriteLineAsync($"ouzel: serves Kafka clients at {address} as process {broker.Id}, its log is {log}; stop it with: kill {broker.Id}");
                return ExitCode.Ok;
            }

            if (broker.HasExited)
            {
                await error.WriteLineAsync($"{LastLine(log)} (its log is {log})");
                return broker.ExitCode == ExitCode.Ok ? ExitCode.Failure : broker.ExitCode;
            }

            await Task.Delay(LookInterval, clock);
        }

        await output.WriteLineAsync($"ouzel: process {broker.Id} is still starting, its log is {log}; stop it with: kill {broker.Id}");
        return ExitCode.Ok;
    }

    private string LastLine(string log)
    {
        var file = disk.OpenFile(log, DiskOpen.Read);
        try
        {
            var bytes = new byte[Math.Min(TailBytes, file.Length)];
            var read = file.ReadFully(file.Length - bytes.Length, bytes);
            var lines = Encoding.UTF8.GetString(bytes, 0, read).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return LogText.Harmless(lines.LastOrDefault(l => l.StartsWith("ouzel: ", StringComparison.Ordinal)) ?? "ouzel: the broker ended at once", TailBytes);
        }
        finally
        {
            file.Release();
        }
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSid();
}
