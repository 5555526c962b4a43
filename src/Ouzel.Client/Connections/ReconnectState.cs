namespace Ouzel.Client.Connections;

/// <summary>The wait before a broken link may be tried again: fed with what happened and when, asked how long to wait.</summary>
/// <param name="backoff">Between failed attempts.</param>
internal sealed class ReconnectState(Backoff backoff)
{
    private long _notBeforeMs = long.MinValue;

    /// <summary>Failed attempts in a row.</summary>
    public int Failures { get; private set; }

    public void OnConnected() => (Failures, _notBeforeMs) = (0, long.MinValue);

    /// <param name="nowMs">When it failed.</param>
    /// <param name="chance">From 0 to 1: where in the back-off's spread.</param>
    public void OnFailed(long nowMs, double chance)
    {
        Failures++;
        _notBeforeMs = nowMs + backoff.DelayMs(Failures, chance);
    }

    /// <summary>A connection that had been open ended: the first attempt after it is free, unless ends follow each other.</summary>
    /// <param name="nowMs">When it ended.</param>
    /// <param name="openedMs">When it had been opened.</param>
    /// <param name="chance">From 0 to 1: where in the back-off's spread.</param>
    public void OnEnded(long nowMs, long openedMs, double chance)
    {
        if (nowMs - openedMs < backoff.MaxMs)
        {
            OnFailed(nowMs, chance);
        }
    }

    /// <summary>Milliseconds until the next attempt is due; 0 when it is.</summary>
    public int WaitMs(long nowMs) => _notBeforeMs <= nowMs ? 0 : (int)(_notBeforeMs - nowMs);
}
