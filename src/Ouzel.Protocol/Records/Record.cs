using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Records;

/// <summary>One record of a batch, seen in the batch's unpacked bytes.</summary>
public readonly ref struct Record
{
    private readonly ReadOnlySpan<byte> _headers;
    private readonly long _timestampMs;

    internal Record(byte attributes, long timestampDelta, int offsetDelta)
    {
        Attributes = attributes;
        TimestampDelta = timestampDelta;
        OffsetDelta = offsetDelta;
    }

    internal Record(Record record, long baseOffset, long timestampMs)
    {
        this = record;
        Offset = baseOffset + record.OffsetDelta;
        _timestampMs = timestampMs;
    }

    private Record(Record record, ReadOnlySpan<byte> key, bool hasKey, ReadOnlySpan<byte> value, bool hasValue, int headerCount, ReadOnlySpan<byte> headers)
    {
        this = record;
        Key = key;
        HasKey = hasKey;
        Value = value;
        HasValue = hasValue;
        HeaderCount = headerCount;
        _headers = headers;
    }

    /// <summary>Unused by every format so far.</summary>
    public byte Attributes { get; }

    /// <summary>Milliseconds after the batch's base timestamp, possibly negative.</summary>
    public long TimestampDelta { get; }

    public int OffsetDelta { get; }

    public long Offset { get; }

    /// <summary>Milliseconds since 1970 as a consumer gets them: the batch's time under LogAppendTime.</summary>
    public long TimestampMs => _timestampMs;

    public bool HasKey { get; }

    /// <summary>Empty when there is none: ask <see cref="HasKey"/>.</summary>
    public ReadOnlySpan<byte> Key { get; }

    public bool HasValue { get; }

    /// <summary>Empty when there is none: ask <see cref="HasValue"/>.</summary>
    public ReadOnlySpan<byte> Value { get; }

    public int HeaderCount { get; }

    /// <summary>The headers in their order; use in foreach.</summary>
    public RecordHeaders Headers => new(_headers, HeaderCount);

    /// <summary>The headers as they are written, without their count.</summary>
    public ReadOnlySpan<byte> HeaderBytes => _headers;

    /// <summary>Reads the body of a record, that is, what follows its length; all of <paramref name="body"/> must belong to it.</summary>
    internal static Record Parse(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            throw new RecordFormatException("a record of no bytes");
        }

        var source = new FieldReader(body[1..]);
        var timestampDelta = source.Long();
        var offsetDelta = source.Int();
        var key = source.Blob(out var hasKey);
        var value = source.Blob(out var hasValue);
        var headerCount = source.Int();
        if (headerCount < 0 || headerCount > source.Rest.Length)
        {
            throw new RecordFormatException($"a record with {headerCount} headers in {source.Rest.Length} bytes");
        }

        var headers = source.Rest;
        for (var i = 0; i < headerCount; i++)
        {
            source.Blob(out var hasName);
            if (!hasName)
            {
                throw new RecordFormatException("a header without a name");
            }

            source.Blob(out _);
        }

        if (!source.Rest.IsEmpty)
        {
            throw new RecordFormatException($"{source.Rest.Length} bytes of a record are left over");
        }

        var record = new Record(body[0], timestampDelta, offsetDelta);
        return new Record(record, key, hasKey, value, hasValue, headerCount, headers);
    }

    /// <summary>Takes fields off the front of a record's bytes.</summary>
    internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
    {
        internal ReadOnlySpan<byte> Rest { get; private set; } = bytes;

        internal int Int()
        {
            Take(VarInt.TryReadZigZag(Rest, out int value));
            return value;
        }

        internal long Long()
        {
            Take(VarInt.TryReadZigZag(Rest, out long value));
            return value;
        }

        /// <summary>Bytes behind their length; any negative length means none, as in Kafka's reader.</summary>
        internal ReadOnlySpan<byte> Blob(out bool present)
        {
            var length = Int();
            present = length >= 0;
            if (!present)
            {
                return default;
            }

            if (length > Rest.Length)
            {
                throw new RecordFormatException($"a field of {length} bytes where {Rest.Length} are left");
            }

            var blob = Rest[..length];
            Rest = Rest[length..];
            return blob;
        }

        private void Take(int taken)
        {
            if (taken == VarInt.Cut)
            {
                throw new RecordFormatException("a record ends inside a number");
            }

            if (taken == VarInt.TooLong)
            {
                throw new RecordFormatException("a number in a record has too many bytes");
            }

            Rest = Rest[taken..];
        }
    }
}
