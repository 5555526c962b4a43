using System.Globalization;

namespace Ouzel.Client;

/// <summary>The place in a partition to read from: an end of it, or a time.</summary>
public readonly record struct StartPosition
{
    internal const long LatestTimestamp = -1;
    internal const long EarliestTimestamp = -2;

    private enum Kind
    {
        None,
        Earliest,
        Latest,
        Ago,
        At,
    }

    private readonly Kind _kind;
    private readonly long _ms;

    private StartPosition(Kind kind, long ms = 0)
    {
        (_kind, _ms) = (kind, ms);
    }

    /// <summary>Nowhere by itself: having no offset is an error. The default of the type.</summary>
    public static StartPosition None => default;

    /// <summary>The first record that is still there.</summary>
    public static StartPosition Earliest => new(Kind.Earliest);

    /// <summary>The end: records that are written from now on.</summary>
    public static StartPosition Latest => new(Kind.Latest);

    /// <summary>The first record that is at most so old (KIP-1106); the end when there is none.</summary>
    public static StartPosition Ago(TimeSpan age)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(age, TimeSpan.Zero);
        return new StartPosition(Kind.Ago, (long)age.TotalMilliseconds);
    }

    /// <summary>The first record of that time or later; the end when there is none.</summary>
    public static StartPosition At(DateTimeOffset time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, DateTimeOffset.UnixEpoch);
        return new StartPosition(Kind.At, time.ToUnixTimeMilliseconds());
    }

    internal bool IsNone => _kind == Kind.None;

    /// <summary>As ListOffsets wants it.</summary>
    /// <param name="now">For ages.</param>
    internal long Timestamp(DateTimeOffset now) => _kind switch
    {
        Kind.Earliest => EarliestTimestamp,
        Kind.Latest => LatestTimestamp,
        Kind.Ago => Math.Max(0, now.ToUnixTimeMilliseconds() - _ms),
        Kind.At => _ms,
        _ => throw new InvalidOperationException("no position has no timestamp"),
    };

    /// <inheritdoc/>
    public override string ToString() => _kind switch
    {
        Kind.Ago => string.Create(CultureInfo.InvariantCulture, $"{_ms} ms ago"),
        Kind.At => DateTimeOffset.FromUnixTimeMilliseconds(_ms).ToString("O", CultureInfo.InvariantCulture),
        _ => _kind.ToString(),
    };
}
