using System.Runtime.CompilerServices;
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Record Parse(ReadOnlySpan<byte> body)
    {
        var source = new FieldReader(body);
        var attributes = source.Attributes();
        var timestampDelta = source.Long();
        var offsetDelta = source.Int();
        var key = source.Blob(out var hasKey);
        var value = source.Blob(out var hasValue);
        var headerCount = source.Int();
        var headers = source.Rest;
        if (headerCount != 0)
        {
            source.SkipHeaders(headerCount);
        }

        source.End();
        var record = new Record(attributes, timestampDelta, offsetDelta);
        return new Record(record, key, hasKey, value, hasValue, headerCount, headers);
    }

    /// <summary>Takes fields off the front of a record's bytes.</summary>
    /// <remarks>
    /// Compiled into whoever reads records, which is the hottest loop of a Produce. Texts are made in methods of their own: what makes them would be set to zero at
    /// the begin of each method that reads a record.
    /// </remarks>
    internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
    {
        internal ReadOnlySpan<byte> Rest { get; private set; } = bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal byte Attributes()
        {
            if (Rest.IsEmpty)
            {
                throw NoBytes();
            }

            var attributes = Rest[0];
            Rest = Rest[1..];
            return attributes;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal int Int()
        {
            Take(VarInt.TryReadZigZag(Rest, out int value));
            return value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal long Long()
        {
            Take(VarInt.TryReadZigZag(Rest, out long value));
            return value;
        }

        /// <summary>Bytes behind their length; any negative length means none, as in Kafka's reader.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
                throw FieldTooLong(length, Rest.Length);
            }

            var blob = Rest[..length];
            Rest = Rest[length..];
            return blob;
        }

        internal void SkipHeaders(int count)
        {
            if (count < 0 || count > Rest.Length)
            {
                throw new RecordFormatException($"a record with {count} headers in {Rest.Length} bytes");
            }

            for (var i = 0; i < count; i++)
            {
                Blob(out var hasName);
                if (!hasName)
                {
                    throw new RecordFormatException("a header without a name");
                }

                Blob(out _);
            }
        }

        /// <summary>Behind the last field.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly void End()
        {
            if (!Rest.IsEmpty)
            {
                throw LeftOver(Rest.Length);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Take(int taken)
        {
            if (taken <= 0)
            {
                throw BadNumber(taken);
            }

            Rest = Rest[taken..];
        }

        private static RecordFormatException NoBytes() => new("a record of no bytes");

        private static RecordFormatException LeftOver(int bytes) => new($"{bytes} bytes of a record are left over");

        private static RecordFormatException FieldTooLong(int length, int left) => new($"a field of {length} bytes where {left} are left");

        private static RecordFormatException BadNumber(int taken) =>
            new(taken == VarInt.Cut ? "a record ends inside a number" : "a number in a record has too many bytes");
    }
}
