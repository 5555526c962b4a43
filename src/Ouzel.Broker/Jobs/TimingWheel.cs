using Ouzel.Storage.Work;

namespace Ouzel.Broker.Jobs;

/// <summary>Something that is due once. Belongs to one wheel at a time and can be started again.</summary>
internal abstract class WheelEntry
{
    internal WheelEntry? Next;
    internal WheelEntry? Previous;
    internal long DueTick;
    internal bool IsPending;

    /// <summary>The delay is over. Runs on the clock's thread, outside the wheel's lock; must not block.</summary>
    protected internal abstract void OnDue();
}

/// <summary>Very many timeouts that mostly do not happen: starting and cancelling costs no allocation and no system call.</summary>
/// <remarks>
/// One slot per millisecond of a revolution; an entry further away passes several times before it is due. One timer of the
/// <see cref="TimeProvider"/> sleeps until the next occupied slot, so an empty wheel costs nothing.
/// </remarks>
internal sealed class TimingWheel : IDisposable
{
    private const int SlotCount = 512;

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly FaultGuard _faults;
    private readonly ITimer _timer;
    private readonly long _startedAt;
    private readonly WheelEntry?[] _slots = new WheelEntry?[SlotCount];
    private readonly List<WheelEntry> _due = [];
    private long _tick;
    private long _armedTick = long.MaxValue;
    private int _count;
    private bool _isDisposed;

    public TimingWheel(TimeProvider clock, FaultGuard faults)
    {
        _clock = clock;
        _faults = faults;
        _startedAt = clock.GetTimestamp();
        _timer = clock.CreateTimer(static wheel => ((TimingWheel)wheel!).RunOnce(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Entries that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Makes <paramref name="entry"/> due in <paramref name="delayMs"/> milliseconds, never earlier; restarts it when it was pending.</summary>
    public void Start(WheelEntry entry, long delayMs)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            if (entry.IsPending)
            {
                Unlink(entry);
            }

            // One tick more than asked: the current millisecond has partly passed already.
            entry.DueTick = Math.Max(NowTick() + Math.Max(delayMs, 0) + 1, _tick + 1);
            Link(entry);
            if (entry.DueTick < _armedTick)
            {
                Arm(entry.DueTick);
            }
        }
    }

    /// <summary>True when the entry was pending and now never becomes due.</summary>
    public bool Cancel(WheelEntry entry)
    {
        lock (_gate)
        {
            if (!entry.IsPending)
            {
                return false;
            }

            Unlink(entry);
            return true;
        }
    }

    /// <summary>Fires everything that is due. The timer calls it; a test may.</summary>
    public void RunOnce()
    {
        WheelEntry[] due;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _armedTick = long.MaxValue;
            Collect(NowTick());
            due = [.. _due];
            _due.Clear();
            if (_count > 0)
            {
                Arm(NextTick());
            }
        }

        foreach (var entry in due)
        {
            try
            {
                entry.OnDue();
            }
            catch (Exception fault)
            {
                // The others are due all the same.
                _faults.Tell("a request's end of waiting", fault);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
    }

    private long NowTick() => (long)_clock.GetElapsedTime(_startedAt).TotalMilliseconds;

    private void Arm(long tick)
    {
        _armedTick = tick;
        var delayMs = Math.Max(tick - NowTick(), 1);
        _timer.Change(TimeSpan.FromMilliseconds(delayMs), Timeout.InfiniteTimeSpan);
    }

    private void Collect(long nowTick)
    {
        var first = Math.Max(_tick + 1, nowTick - SlotCount + 1);
        for (var tick = first; tick <= nowTick; tick++)
        {
            for (WheelEntry? entry = _slots[tick % SlotCount], next; entry is not null; entry = next)
            {
                next = entry.Next;
                if (entry.DueTick <= nowTick)
                {
                    Unlink(entry);
                    _due.Add(entry);
                }
            }
        }

        _tick = Math.Max(_tick, nowTick);
    }

    /// <summary>The next tick at which something is due, or a full revolution from now.</summary>
    private long NextTick()
    {
        for (var tick = _tick + 1; tick < _tick + SlotCount; tick++)
        {
            for (var entry = _slots[tick % SlotCount]; entry is not null; entry = entry.Next)
            {
                if (entry.DueTick == tick)
                {
                    return tick;
                }
            }
        }

        return _tick + SlotCount;
    }

    private void Link(WheelEntry entry)
    {
        ref var slot = ref _slots[entry.DueTick % SlotCount];
        entry.Previous = null;
        entry.Next = slot;
        if (slot is not null)
        {
            slot.Previous = entry;
        }

        slot = entry;
        entry.IsPending = true;
        _count++;
    }

    private void Unlink(WheelEntry entry)
    {
        if (entry.Previous is null)
        {
            _slots[entry.DueTick % SlotCount] = entry.Next;
        }
        else
        {
            entry.Previous.Next = entry.Next;
        }

        if (entry.Next is not null)
        {
            entry.Next.Previous = entry.Previous;
        }

        entry.Next = entry.Previous = null;
        entry.IsPending = false;
        _count--;
    }
}
