namespace Ouzel.Simulation.Tests.Bed;

/// <summary>The one queue of a run: everything that happens is an event in it. The seed orders events that are due at the same time.</summary>
internal sealed class Scheduler(int seed)
{
    /// <summary>Events that may wait at once. A run that piles up more has forgotten how to stop.</summary>
    public const int QueuedMax = 20_000;

    private const int InsideCountMax = 12;
    private const long InsideTicksMax = 3 * TimeSpan.TicksPerMillisecond;

    private readonly PriorityQueue<Event, (long At, int Order, long Number)> _queue = new();
    private readonly Thread _thread = Thread.CurrentThread;
    private readonly Random _order = new(seed);
    private long _number;
    private volatile string? _failure;

    /// <summary>Draws for faults, delays and clients; a sequence of its own, so that a further event does not change them all.</summary>
    public Random Random { get; } = new(seed ^ 0x5eed);

    public EventLog Log { get; } = new();

    /// <summary>Virtual time since the run began, in ticks of 100 ns.</summary>
    public long NowTicks { get; private set; }

    public double NowMs => NowTicks / (double)TimeSpan.TicksPerMillisecond;

    public int Queued => _queue.Count;

    /// <summary>Events run inside another one, which waits for the disk.</summary>
    public bool IsInside { get; private set; }

    /// <summary>The first rule that was broken; ends the run.</summary>
    public string? Failure => _failure;

    public void Fail(string what)
    {
        if (_failure is null)
        {
            _failure = what;
            Write("", "BROKEN " + what);
        }
    }

    public void Write(string who, string what) => Log.Write(NowTicks, who, what);

    /// <summary>Whoever is called on another thread has left the simulation: a fault of the product.</summary>
    public bool IsHere(string where)
    {
        if (Thread.CurrentThread == _thread)
        {
            return true;
        }

        _failure ??= $"{where} was reached on another thread: {Environment.StackTrace}";
        return false;
    }

    /// <summary>Runs something after a delay, as part of a process (null: of the world).</summary>
    public void After(long delayTicks, Process? process, string what, Action run)
    {
        if (!IsHere(what) || process is { IsDead: true })
        {
            return;
        }

        _queue.Enqueue(new Event(process, what, run), (NowTicks + Math.Max(delayTicks, 0), _order.Next(), _number++));
        if (_queue.Count > QueuedMax)
        {
            Fail($"more than {QueuedMax} events wait");
        }
    }

    public void AfterMs(double delayMs, Process? process, string what, Action run) => After((long)(delayMs * TimeSpan.TicksPerMillisecond), process, what, run);

    /// <summary>Runs a few events while the present one waits for the disk.</summary>
    public void StepInside(Process waiting)
    {
        if (IsInside)
        {
            return;
        }

        IsInside = true;
        var untilTicks = NowTicks + InsideTicksMax;
        for (var left = Random.Next(InsideCountMax); left > 0 && !waiting.IsDead && !waiting.IsStopping && _failure is null; left--)
        {
            if (!_queue.TryPeek(out _, out var due) || due.At > untilTicks)
            {
                break;
            }

            Step();
        }

        IsInside = false;
    }

    /// <summary>Runs the next event; false when nothing is left to happen.</summary>
    public bool Step()
    {
        while (_queue.TryDequeue(out var next, out var due))
        {
            NowTicks = Math.Max(NowTicks, due.At);
            if (next.Process is { IsDead: true })
            {
                continue;
            }

            if (next.What.Length > 0)
            {
                Write(next.Process?.Name ?? "world", next.What);
            }

            var before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(next.Process);
            try
            {
                next.Run();
            }
            catch (Exception fault)
            {
                Fail($"{next.Process?.Name ?? "world"} threw where nobody catches: {fault}");
            }

            SynchronizationContext.SetSynchronizationContext(before);
            return true;
        }

        return false;
    }

    private sealed record Event(Process? Process, string What, Action Run);
}
