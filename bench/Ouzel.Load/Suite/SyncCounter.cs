using System.ComponentModel;
using System.Diagnostics;
using Ouzel.Load.Machine;

namespace Ouzel.Load.Suite;

/// <summary>Counts a process's fdatasync and fsync calls by the kernel's trace points, through perf.</summary>
internal sealed class SyncCounter : IDisposable
{
    private const int AttachMs = 300, EndMs = 5000, Interrupt = 2;
    private readonly Process _perf;

    private SyncCounter(Process perf) => _perf = perf;

    /// <summary>Null when there is no perf here.</summary>
    public static SyncCounter? Begin(int processId)
    {
        try
        {
            var perf = Process.Start(new ProcessStartInfo(
                "perf", ["stat", "-x,", "-e", "syscalls:sys_enter_fdatasync,syscalls:sys_enter_fsync", "-p", processId.ToString()])
            { RedirectStandardError = true });
            Thread.Sleep(AttachMs);
            return perf is null ? null : new SyncCounter(perf);
        }
        catch (Win32Exception)
        {
            // Not installed: the caller says what to do about it.
            return null;
        }
    }

    /// <summary>Calls since the beginning; 0 when perf was not allowed to count.</summary>
    public long Count()
    {
        Native.Signal(_perf.Id, Interrupt);
        var counts = _perf.StandardError.ReadToEnd();
        _perf.WaitForExit(EndMs);
        return counts.Split('\n').Where(l => l.Contains("sys_enter", StringComparison.Ordinal)).Sum(l => long.TryParse(l.Split(',')[0], out var count) ? count : 0);
    }

    public void Dispose()
    {
        if (!_perf.HasExited)
        {
            _perf.Kill();
        }

        _perf.Dispose();
    }
}
