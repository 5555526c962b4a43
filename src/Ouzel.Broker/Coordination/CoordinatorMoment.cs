namespace Ouzel.Broker.Coordination;

/// <summary>The time an operation happens at, on two clocks.</summary>
/// <param name="UtcMs">Wall clock, milliseconds since 1970: what is stored in records and compared with stored times.</param>
/// <param name="TicksMs">A clock that never jumps: what deadlines are measured on, so that a corrected wall clock expires no member.</param>
internal readonly record struct CoordinatorMoment(long UtcMs, long TicksMs)
{
    /// <summary>Reads both clocks of a time provider.</summary>
    public static CoordinatorMoment Of(TimeProvider time)
    {
        // In whole numbers: a double no longer holds each tick after a year of them.
        var stamp = time.GetTimestamp();
        var frequency = time.TimestampFrequency;
        return new CoordinatorMoment(time.GetUtcNow().ToUnixTimeMilliseconds(), (stamp / frequency * 1_000) + (stamp % frequency * 1_000 / frequency));
    }
}
