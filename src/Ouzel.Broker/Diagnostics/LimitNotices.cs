namespace Ouzel.Broker.Diagnostics;

/// <summary>The resources that can run out.</summary>
internal enum Limit
{
    ReadAhead,
    LargeFrames,
    HugeFrames,
    StalledFrames,
    RequestsInFlight,
    Responses,
    StalledSends,
    Connections,
    ConnectionsOfAddress,
    Descriptors,
    Requests,
    StalledRequests,
    RequestSize,
    FrameLength,
}

/// <summary>One line per kind of limit when it begins to bite, not one per request that it bites: again only after it was free for a while.</summary>
internal sealed class LimitNotices(TimeProvider clock)
{
    private static readonly TimeSpan Free = TimeSpan.FromMinutes(10);
    private static readonly int Kinds = Enum.GetValues<Limit>().Length;

    private readonly long[] _bitAt = [.. Enumerable.Repeat(long.MinValue, Kinds)];

    /// <summary>Notes that <paramref name="limit"/> bites; true when it had not for ten minutes, so that it should be told.</summary>
    public bool IsNew(Limit limit)
    {
        var before = Interlocked.Exchange(ref _bitAt[(int)limit], clock.GetTimestamp());
        return before == long.MinValue || clock.GetElapsedTime(before) >= Free;
    }
}
