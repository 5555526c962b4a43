namespace Ouzel.Broker.Tests.Support;

/// <summary>Clocks that tests move.</summary>
internal static class FakeTime
{
    /// <summary>A clock that stands at the beginning of 2026, later than the records that tests write: a broker refuses those of the future.</summary>
    public static FakeTimeProvider New() => new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Kafka's durations are milliseconds.</summary>
    public static void AdvanceMs(this FakeTimeProvider clock, long ms) => clock.Advance(TimeSpan.FromMilliseconds(ms));

    /// <summary>For timers that are set again when they fire: <see cref="FakeTimeProvider.Advance"/> has moved the clock to its end before the first of them does.</summary>
    public static void AdvanceInSteps(this FakeTimeProvider clock, TimeSpan step, int count)
    {
        for (var i = 0; i < count; i++)
        {
            clock.Advance(step);
        }
    }
}
