namespace Ouzel.Client.Producing;

/// <summary>A record whose parts are bytes: what the accumulator takes.</summary>
internal readonly ref struct EncodedRecord
{
    /// <summary>The most bytes a record has beside its parts: length, attributes, two deltas, three lengths.</summary>
    public const int OverheadMax = 36;

    public long TimestampMs { get; init; }

    public ReadOnlySpan<byte> Key { get; init; }

    public bool HasKey { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    public bool HasValue { get; init; }

    public int HeaderCount { get; init; }

    /// <summary>As they stand in a record.</summary>
    public ReadOnlySpan<byte> Headers { get; init; }

    /// <summary>The bytes it takes in a batch, or a few more.</summary>
    public int SizeMax => OverheadMax + Key.Length + Value.Length + Headers.Length;
}
