namespace Ouzel.Client.Connections;

/// <summary>The wait before the next attempt: doubled with each failure up to a bound, and spread, so that clients that failed together do not come back together.</summary>
/// <param name="FirstMs">After the first failure.</param>
/// <param name="MaxMs">The most, before it is spread.</param>
internal readonly record struct Backoff(int FirstMs, int MaxMs)
{
    /// <summary>Kafka's: a fifth up or down.</summary>
    private const double Jitter = 0.2;

    private const int DoublingsMax = 30;

    /// <param name="failures">Failures in a row; 0 waits not at all.</param>
    /// <param name="chance">From 0 to 1, where in the spread.</param>
    public int DelayMs(int failures, double chance)
    {
        if (failures <= 0)
        {
            return 0;
        }

        var plain = Math.Min((double)FirstMs * (1L << Math.Min(failures - 1, DoublingsMax)), MaxMs);
        return (int)(plain * (1 - Jitter + (2 * Jitter * chance)));
    }
}
