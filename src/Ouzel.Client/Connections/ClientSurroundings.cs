using Microsoft.Extensions.Logging;

namespace Ouzel.Client.Connections;

/// <summary>The world around a client: clock, chance, threads, log. Handed to every part of it.</summary>
/// <param name="clock">Times and timers.</param>
/// <param name="random">Spreads delays and choices; guarded here, for it need not be safe for threads.</param>
/// <param name="scheduler">Where the client's own loops run.</param>
/// <param name="loggers">Where it says what happened.</param>
internal sealed class ClientSurroundings(TimeProvider clock, Random random, TaskScheduler scheduler, ILoggerFactory loggers)
{
    private readonly Lock _gate = new();

    public TimeProvider Clock => clock;

    public ILoggerFactory Loggers => loggers;

    /// <summary>Milliseconds on a clock that only goes forward; its zero means nothing.</summary>
    public long NowMs => (long)(clock.GetTimestamp() / (clock.TimestampFrequency / 1000.0));

    /// <summary>True when the running code is on the client's own scheduler, so that what it starts may run in place.</summary>
    public bool IsOwnThread => SynchronizationContext.Current is null && TaskScheduler.Current == scheduler;

    /// <summary>From 0 to 1, 1 not included.</summary>
    public double Chance()
    {
        lock (_gate)
        {
            return random.NextDouble();
        }
    }

    /// <summary>From 0 to <paramref name="end"/>, not included.</summary>
    public int Choice(int end)
    {
        lock (_gate)
        {
            return random.Next(end);
        }
    }

    /// <summary>Starts a loop of the client's, away from the caller's context.</summary>
    public Task Start(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();

    public Task Delay(int ms, CancellationToken cancellation) => Task.Delay(TimeSpan.FromMilliseconds(ms), clock, cancellation);
}
