using System.Buffers.Binary;
using System.IO.Hashing;

namespace Ouzel.Protocol.Records;

/// <summary>One message of magic 0 or 1 (before KIP-98), seen in the bytes that hold it.</summary>
public readonly ref struct OldMessage
{
    internal const int CrcAt = 12;
    internal const int AttributesAt = 17;
    internal const int TimestampAt = 18;

    private OldMessage(ReadOnlySpan<byte> entry, long offset, long timestampMs, Fields fields)
    {
        Bytes = entry;
        Offset = offset;
        TimestampMs = timestampMs;
        Key = fields.Key;
        HasKey = fields.HasKey;
        Value = fields.Value;
        HasValue = fields.HasValue;
    }

    /// <summary>The whole entry with its offset and size.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Absolute, also inside a wrapper.</summary>
    public long Offset { get; }

    /// <summary>Milliseconds since 1970; -1 in magic 0; the wrapper's under LogAppendTime.</summary>
    public long TimestampMs { get; }

    public bool HasKey { get; }

    public ReadOnlySpan<byte> Key { get; }

    public bool HasValue { get; }

    public ReadOnlySpan<byte> Value { get; }

    /// <summary>True when the message's own checksum (CRC-32 as in zlib) fits.</summary>
    public bool IsCrcValid => IsEntryCrcValid(Bytes);

    /// <summary>The codec of a wrapper, None of a plain message; may be one that magic 0 and 1 do not have.</summary>
    public static CompressionCodec CodecOf(ReadOnlySpan<byte> entry) => (CompressionCodec)(entry[AttributesAt] & RecordBatch.CodecMask);

    /// <summary>True when the checksum of an entry, message or wrapper, fits.</summary>
    public static bool IsEntryCrcValid(ReadOnlySpan<byte> entry) =>
        BinaryPrimitives.ReadUInt32BigEndian(entry[CrcAt..]) == Crc32.HashToUInt32(entry[RecordBatch.MagicAt..]);

    /// <summary>The timestamp type of an entry.</summary>
    public static TimestampType TimestampTypeOf(ReadOnlySpan<byte> entry) =>
        entry[RecordBatch.MagicAt] == 0 ? TimestampType.NoTimestamp
        : (entry[AttributesAt] & RecordBatch.LogAppendTimeBit) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    /// <summary>The entry's own timestamp, -1 in magic 0.</summary>
    public static long TimestampOf(ReadOnlySpan<byte> entry) =>
        entry[RecordBatch.MagicAt] == 0 ? -1 : BinaryPrimitives.ReadInt64BigEndian(entry[TimestampAt..]);

    internal static OldMessage Parse(ReadOnlySpan<byte> entry, long offset, long timestampMs)
    {
        var at = entry[RecordBatch.MagicAt] == 0 ? TimestampAt : TimestampAt + sizeof(long);
        if (at > entry.Length)
        {
            throw new RecordFormatException("a message ends inside its header");
        }

        var rest = entry[at..];
        var fields = default(Fields);
        fields.Key = Blob(ref rest, out fields.HasKey);
        fields.Value = Blob(ref rest, out fields.HasValue);
        return new OldMessage(entry, offset, timestampMs, fields);
    }

    private static ReadOnlySpan<byte> Blob(scoped ref ReadOnlySpan<byte> rest, out bool present)
    {
        if (rest.Length < sizeof(int))
        {
            throw new RecordFormatException("a message ends inside a length");
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(rest);
        rest = rest[sizeof(int)..];
        present = length >= 0;
        if (length < -1 || length > rest.Length)
        {
            throw new RecordFormatException($"a field of {length} bytes where {rest.Length} are left");
        }

        if (!present)
        {
            return default;
        }

        var blob = rest[..length];
        rest = rest[length..];
        return blob;
    }

    private ref struct Fields
    {
        internal ReadOnlySpan<byte> Key;
        internal ReadOnlySpan<byte> Value;
        internal bool HasKey;
        internal bool HasValue;
    }
}
