using System.Runtime.InteropServices;
using Ouzel.Commands;

namespace Ouzel.Hosting;

/// <summary>The first signal asks for a stop, the second one ends the process as it stands.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _stopping;
    private readonly Action _abort;
    private int _count;

    public StopSignals(Action<string> stopping, Action abort)
    {
        _stopping = stopping;
        _abort = abort;
    }

    /// <summary>Ends with the first signal.</summary>
    public Task Stop => _stop.Task;

    /// <summary>The signals of this process: Ctrl+C, the request to terminate, and the terminal that hangs up.</summary>
    public static StopSignals OfProcess(Action<string> stopping)
    {
        var signals = new StopSignals(stopping, () => Environment.Exit(ExitCode.Failure));
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            signals._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                signals.Receive(context.Signal.ToString());
            }));
        }

        return signals;
    }

    /// <summary>A signal has come.</summary>
    public void Receive(string reason)
    {
        if (Interlocked.Increment(ref _count) > 1)
        {
            _abort();
            return;
        }

        _stopping(reason);
        _stop.TrySetResult();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
