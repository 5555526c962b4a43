namespace Ouzel.Client.Hosting.Handling;

/// <summary>The rules of one handler; see <see cref="HandlerBuilder"/>.</summary>
internal sealed record HandlerRules(
    string Group,
    IReadOnlyList<string> Topics,
    StartPosition Start,
    int ConcurrencyMax,
    bool IsOrderedByKey,
    int AttemptsMax,
    TimeSpan FirstDelay,
    TimeSpan DelayMax,
    string? DeadLetterTopic,
    TimeSpan DrainTimeout,
    int WindowMax)
{
    /// <summary>Before the attempt behind <paramref name="attempt"/>, which counts from 1.</summary>
    public TimeSpan DelayAfter(int attempt)
    {
        // 2^30 times any delay that is worth the name is beyond the longest one.
        var factor = 1L << Math.Min(attempt - 1, 30);
        return FirstDelay > DelayMax / factor ? DelayMax : FirstDelay * factor;
    }
}
