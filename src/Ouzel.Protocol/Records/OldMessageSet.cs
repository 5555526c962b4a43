using System.Buffers.Binary;
using System.IO.Hashing;
using Ouzel.Protocol.Records.Codecs.Lz4;

namespace Ouzel.Protocol.Records;

/// <summary>Turns batches of magic 2 into message sets of magic 0 or 1 for Fetch 0 to 3, as Kafka did up to 3.9.</summary>
public static class OldMessageSet
{
    /// <summary>Appends the messages to <paramref name="target"/>. Headers are lost, control batches left out, entries that are old already kept.</summary>
    /// <param name="batches">Whole batches, one behind the other; a cut one at the end does not count.</param>
    /// <param name="magic">0 for Fetch 0 and 1, 1 for Fetch 2 and 3.</param>
    /// <param name="offsetMin">Messages before it are left out where nothing is compressed.</param>
    /// <param name="target">Where to.</param>
    /// <returns>UnsupportedCompressionType when a batch is packed by zstd, which the old formats do not know; else None.</returns>
    public static ErrorCode Convert(ReadOnlySpan<byte> batches, byte magic, long offsetMin, PooledBytes target)
    {
        for (; RecordBatch.TryRead(batches, out var batch, out var size); batches = batches[size..])
        {
            if (batch.Magic < 2)
            {
                target.Write(batch.Bytes);
                continue;
            }

            if (batch.IsControl || batch.RecordCount == 0)
            {
                continue;
            }

            if (batch.Codec == CompressionCodec.Zstd)
            {
                return ErrorCode.UnsupportedCompressionType;
            }

            if (batch.Codec == CompressionCodec.None)
            {
                WritePlain(batch, magic, offsetMin, target);
            }
            else
            {
                WriteWrapper(batch, magic, target);
            }
        }

        return ErrorCode.None;
    }

    private static void WritePlain(RecordBatch batch, byte magic, long offsetMin, PooledBytes target)
    {
        var attributes = TimestampAttribute(batch, magic);
        foreach (var record in batch.Records())
        {
            if (record.Offset >= offsetMin)
            {
                Write(target, record.Offset, magic, attributes, record.TimestampMs, record.Key, record.HasKey, record.Value, record.HasValue);
            }
        }
    }

    private static void WriteWrapper(RecordBatch batch, byte magic, PooledBytes target)
    {
        var attributes = TimestampAttribute(batch, magic);
        using var inner = new PooledBytes();
        long first = -1;
        long last = -1;
        long timestampMs = -1;
        foreach (var record in batch.Records())
        {
            if (first < 0)
            {
                first = record.Offset;
            }

            last = record.Offset;
            timestampMs = Math.Max(timestampMs, record.TimestampMs);
            Write(inner, magic == 0 ? record.Offset : record.Offset - first, magic, attributes, record.TimestampMs, record.Key, record.HasKey, record.Value, record.HasValue);
        }

        using var packed = new PooledBytes();
        if (batch.Codec == CompressionCodec.Lz4)
        {
            Lz4Codec.Compress(inner.WrittenSpan, packed, Lz4Codec.DefaultLevel, wrongHeaderChecksum: magic == 0);
        }
        else
        {
            Compression.Compress(batch.Codec, inner.WrittenSpan, packed);
        }

        Write(target, last, magic, (byte)(attributes | (byte)batch.Codec), timestampMs, default, false, packed.WrittenSpan, true);
    }

    private static byte TimestampAttribute(RecordBatch batch, byte magic) =>
        (byte)(magic == 1 && batch.TimestampType == TimestampType.LogAppendTime ? RecordBatch.LogAppendTimeBit : 0);

    /// <summary>Appends one message.</summary>
    internal static void Write(
        PooledBytes target, long offset, byte magic, byte attributes, long timestampMs,
        ReadOnlySpan<byte> key, bool hasKey, ReadOnlySpan<byte> value, bool hasValue)
    {
        var size = checked(OldMessage.TimestampAt + (magic == 0 ? 0 : sizeof(long)) + (2 * sizeof(int)) + key.Length + value.Length);
        var entry = target.Reserve(size)[..size];
        BinaryPrimitives.WriteInt64BigEndian(entry, offset);
        BinaryPrimitives.WriteInt32BigEndian(entry[RecordBatch.LengthAt..], size - RecordBatch.LogOverhead);
        entry[RecordBatch.MagicAt] = magic;
        entry[OldMessage.AttributesAt] = attributes;
        var at = OldMessage.TimestampAt;
        if (magic > 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(entry[at..], timestampMs);
            at += sizeof(long);
        }

        at += WriteBlob(entry[at..], key, hasKey);
        WriteBlob(entry[at..], value, hasValue);
        BinaryPrimitives.WriteUInt32BigEndian(entry[OldMessage.CrcAt..], Crc32.HashToUInt32(entry[RecordBatch.MagicAt..]));
        target.Advance(size);
    }

    private static int WriteBlob(Span<byte> target, ReadOnlySpan<byte> bytes, bool present)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, present ? bytes.Length : -1);
        bytes.CopyTo(target[sizeof(int)..]);
        return sizeof(int) + bytes.Length;
    }
}
