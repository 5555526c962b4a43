using System.Buffers.Binary;

namespace Ouzel.Protocol.Records;

/// <summary>
/// A record batch (KIP-98, magic 2) seen in the bytes that hold it; nothing is copied. Entries of older formats can be
/// walked over too: of those only <see cref="BaseOffset"/>, <see cref="SizeInBytes"/> and <see cref="Magic"/> mean something here.
/// </summary>
public readonly ref partial struct RecordBatch
{
    /// <summary>Bytes before the records part.</summary>
    public const int HeaderSize = 61;

    /// <summary>Bytes that <see cref="BatchLength"/> does not count: base offset and the length itself.</summary>
    public const int LogOverhead = 12;

    /// <summary>Bytes up to and including the magic, enough to know how to go on.</summary>
    public const int MagicEnd = 17;

    /// <summary>The smallest length any format allows: an empty message of magic 0.</summary>
    internal const int LengthMin = 14;

    internal const int LengthAt = 8;
    internal const int LeaderEpochAt = 12;
    internal const int MagicAt = 16;
    internal const int CrcAt = 17;

    /// <summary>The checksum covers everything from here on, so offset, length and leader epoch can change beneath it.</summary>
    internal const int AttributesAt = 21;
    internal const int LastOffsetDeltaAt = 23;
    internal const int BaseTimestampAt = 27;
    internal const int MaxTimestampAt = 35;
    internal const int ProducerIdAt = 43;
    internal const int ProducerEpochAt = 51;
    internal const int BaseSequenceAt = 53;
    internal const int RecordCountAt = 57;

    internal const int CodecMask = 0x07;
    internal const int LogAppendTimeBit = 0x08;
    internal const int TransactionalBit = 0x10;
    internal const int ControlBit = 0x20;
    internal const int DeleteHorizonBit = 0x40;

    private readonly ReadOnlySpan<byte> _bytes;

    private RecordBatch(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    /// <summary>The whole batch.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(_bytes);

    /// <summary>Bytes after the length field.</summary>
    public int BatchLength => BinaryPrimitives.ReadInt32BigEndian(_bytes[LengthAt..]);

    /// <summary>Bytes of the whole batch.</summary>
    public int SizeInBytes => LogOverhead + BatchLength;

    public int PartitionLeaderEpoch => BinaryPrimitives.ReadInt32BigEndian(_bytes[LeaderEpochAt..]);

    public sbyte Magic => (sbyte)_bytes[MagicAt];

    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(_bytes[CrcAt..]);

    public short Attributes => BinaryPrimitives.ReadInt16BigEndian(_bytes[AttributesAt..]);

    /// <summary>May be one of 5 to 7, which do not exist.</summary>
    public CompressionCodec Codec => (CompressionCodec)(Attributes & CodecMask);

    public TimestampType TimestampType => (Attributes & LogAppendTimeBit) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    public bool IsTransactional => (Attributes & TransactionalBit) != 0;

    public bool IsControl => (Attributes & ControlBit) != 0;

    /// <summary>The base timestamp field holds the time at which tombstones may go (KIP-534); deltas count from it.</summary>
    public bool HasDeleteHorizon => (Attributes & DeleteHorizonBit) != 0;

    /// <summary>Milliseconds, or -1 when compaction has set none.</summary>
    public long DeleteHorizonMs => HasDeleteHorizon ? BaseTimestamp : -1;

    /// <summary>Kept by compaction even when the last records are gone.</summary>
    public int LastOffsetDelta => BinaryPrimitives.ReadInt32BigEndian(_bytes[LastOffsetDeltaAt..]);

    public long LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>The offset after the batch.</summary>
    public long NextOffset => LastOffset + 1;

    /// <summary>Milliseconds since 1970 from which the records' deltas count.</summary>
    public long BaseTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[BaseTimestampAt..]);

    public long MaxTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[MaxTimestampAt..]);

    /// <summary>-1 when the producer is not idempotent.</summary>
    public long ProducerId => BinaryPrimitives.ReadInt64BigEndian(_bytes[ProducerIdAt..]);

    public bool HasProducerId => ProducerId >= 0;

    public short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(_bytes[ProducerEpochAt..]);

    public int BaseSequence => BinaryPrimitives.ReadInt32BigEndian(_bytes[BaseSequenceAt..]);

    /// <summary>The sequence number of the last record; numbers go on at 0 after 2147483647.</summary>
    public int LastSequence => BaseSequence < 0 ? BaseSequence : AddSequence(BaseSequence, LastOffsetDelta);

    public int RecordCount => BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordCountAt..]);

    /// <summary>The records part, packed by <see cref="Codec"/>.</summary>
    public ReadOnlySpan<byte> RecordsPayload => _bytes[HeaderSize..];

    /// <summary>True when the stored checksum fits the bytes; messages of magic 0 and 1 have another one, in another place.</summary>
    public bool IsCrcValid() => Magic < 2 ? OldMessage.IsEntryCrcValid(_bytes) : Crc == Crc32C.Compute(_bytes[AttributesAt..]);

    /// <summary>The records, unpacked as they are visited; use in foreach, which returns the buffers.</summary>
    /// <param name="bytesMax">The most bytes the records may take once unpacked.</param>
    public RecordSequence Records(int bytesMax = RecordReader.DefaultBytesMax) => new(this, bytesMax);

    /// <summary>The sequence number <paramref name="increment"/> places later.</summary>
    public static int AddSequence(int sequence, int increment) =>
        sequence > int.MaxValue - increment ? increment - (int.MaxValue - sequence) - 1 : sequence + increment;

    /// <summary>Looks at the start of <paramref name="source"/> for a batch of any magic.</summary>
    /// <param name="source">Bytes of a log or of a message; what follows the batch is not looked at.</param>
    /// <param name="batch">The batch when the response is <see cref="BatchReadStatus.Whole"/>.</param>
    /// <param name="sizeBytes">The size of the batch as far as known, else 0.</param>
    public static BatchReadStatus Read(ReadOnlySpan<byte> source, out RecordBatch batch, out long sizeBytes)
    {
        batch = default;
        sizeBytes = 0;
        if (source.Length < LogOverhead)
        {
            return BatchReadStatus.Partial;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(source[LengthAt..]);
        if (length < LengthMin)
        {
            return BatchReadStatus.Damaged;
        }

        sizeBytes = (long)LogOverhead + length;
        if (source.Length < MagicEnd)
        {
            return BatchReadStatus.Partial;
        }

        var magic = (sbyte)source[MagicAt];
        if (magic is < 0 or > 2 || (magic == 2 && sizeBytes < HeaderSize))
        {
            return BatchReadStatus.Damaged;
        }

        if (source.Length < sizeBytes)
        {
            return BatchReadStatus.Partial;
        }

        batch = new RecordBatch(source[..(int)sizeBytes]);
        return BatchReadStatus.Whole;
    }

    /// <summary>True and the batch when a whole one is at the start of <paramref name="source"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out RecordBatch batch, out int sizeBytes)
    {
        var whole = Read(source, out batch, out var size) == BatchReadStatus.Whole;
        sizeBytes = whole ? (int)size : 0;
        return whole;
    }
}
