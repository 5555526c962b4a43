namespace Ouzel.Simulation.Tests.Bed;

/// <summary>A machine's wall clock, which somebody may set.</summary>
internal sealed class WallClock
{
    public long OffsetTicks { get; set; }
}

/// <summary>Time as one process sees it: elapsed time is virtual time, the wall clock jumps, timers fire late by chance but never early.</summary>
internal sealed class ProcessClock(Scheduler scheduler, Process process, WallClock wall) : TimeProvider
{
    private const double LateMsMax = 2;
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        scheduler.IsHere("the clock");
        return Begin.AddTicks(scheduler.NowTicks + wall.OffsetTicks);
    }

    public override long GetTimestamp() => scheduler.NowTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ProcessClock clock, TimerCallback callback, object? state) : ITimer
    {
        private int _setting;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Arm(dueTime);
            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan dueTime)
        {
            var setting = ++_setting;
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            var lateMs = clock.Scheduler.Random.NextDouble() * LateMsMax;
            clock.Scheduler.AfterMs(dueTime.TotalMilliseconds + lateMs, clock.Process, "", () => Fire(setting));
        }

        private void Fire(int setting)
        {
            if (setting != _setting)
            {
                return;
            }

            if (_period > TimeSpan.Zero)
            {
                Arm(_period);
            }

            callback(state);
        }
    }

    private Scheduler Scheduler => scheduler;

    private Process Process => process;
}
