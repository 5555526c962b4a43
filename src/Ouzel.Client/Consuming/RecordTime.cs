namespace Ouzel.Client.Consuming;

/// <summary>The time of a record as .NET has it. Producers may write any number, .NET knows the years 1 to 9999.</summary>
internal static class RecordTime
{
    private static readonly long MsMin = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The nearest that there is: a record whose time is nonsense can still be read.</summary>
    public static DateTimeOffset Of(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, MsMin, MsMax));
}
