using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Ouzel.Client.Hosting.Tests.Support;

/// <summary>A clock that stands still until the test moves it, and tells of each wait that begins.</summary>
internal sealed class WaitableClock : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits for the next wait to begin, and lets its time go by.</summary>
    /// <returns>How long it was.</returns>
    public async Task<TimeSpan> PassAsync()
    {
        var time = await _waits.Reader.ReadAsync();
        Advance(time);
        return time;
    }
}
