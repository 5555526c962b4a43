using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Jobs;
using Ouzel.Storage.Work;

namespace Ouzel.Microbenchmarks;

/// <summary>A timeout that is started and cancelled before it is due, as a fetch that waits does: the wheel beside what the runtime has.</summary>
public class TimerBenchmarks : IDisposable
{
    private const int DelayMs = 500;
    private readonly TimingWheel _wheel = new(TimeProvider.System, new FaultGuard(NullLogger.Instance, TimeProvider.System));
    private readonly Entry _entry = new();
    private readonly Timer _timer = new(_ => { });

    [GlobalCleanup]
    public void Dispose()
    {
        _wheel.Dispose();
        _timer.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public bool Wheel()
    {
        _wheel.Start(_entry, DelayMs);
        return _wheel.Cancel(_entry);
    }

    /// <summary>Rejected: a timer that is kept and moved.</summary>
    [Benchmark]
    public bool TimerChange()
    {
        _timer.Change(DelayMs, Timeout.Infinite);
        return _timer.Change(Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Rejected: a timer for each wait.</summary>
    [Benchmark]
    public void NewTimer()
    {
        using var timer = new Timer(_ => { }, null, DelayMs, Timeout.Infinite);
    }

    /// <summary>Rejected: a delay with a token.</summary>
    [Benchmark]
    public bool TaskDelay()
    {
        using var cancel = new CancellationTokenSource();
        var delay = Task.Delay(DelayMs, cancel.Token);
        cancel.Cancel();
        return delay.IsCanceled;
    }

    private sealed class Entry : WheelEntry
    {
        protected internal override void OnDue()
        {
            // It is cancelled before.
        }
    }
}
