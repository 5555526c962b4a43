using System.Buffers.Binary;
using Ouzel.Protocol.Records;

namespace Ouzel.Storage;

/// <summary>The header of a batch in a log file, copied out, so that a log can be walked without reading its records.</summary>
internal readonly struct BatchHeader
{
    /// <summary>Bytes needed to know offset and size.</summary>
    public const int OverheadBytes = 12;

    private const int OldHeaderBytes = 18;

    public required int Position { get; init; }
    public required long BaseOffset { get; init; }
    public required long LastOffset { get; init; }
    public required int SizeBytes { get; init; }
    public required sbyte Magic { get; init; }
    public int LeaderEpoch { get; init; }
    public short Attributes { get; init; }
    public long BaseTimestampMs { get; init; }
    public required long MaxTimestampMs { get; init; }
    public long ProducerId { get; init; }
    public short ProducerEpoch { get; init; }
    public int BaseSequence { get; init; }
    public int RecordCount { get; init; }

    public int LastSequence => BaseSequence < 0 ? BaseSequence : RecordBatch.AddSequence(BaseSequence, (int)(LastOffset - BaseOffset));
    public bool HasProducerId => ProducerId >= 0;
    public bool IsControl => (Attributes & 0x20) != 0;
    public bool IsTransactional => (Attributes & 0x10) != 0;

    /// <summary>
    /// Reads the header at the start of the bytes; null when there is none there (too few bytes, an impossible length, an unknown magic).
    /// Magic 0 and 1, from logs older than Kafka 0.11, give offset, size and timestamp only.
    /// </summary>
    public static BatchHeader? Parse(ReadOnlySpan<byte> bytes, long position)
    {
        if (bytes.Length < OldHeaderBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[8..]);
        var magic = (sbyte)bytes[16];
        var baseOffset = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (length < 14 || length > int.MaxValue - OverheadBytes || magic is < 0 or > 2)
        {
            return null;
        }

        if (magic < 2)
        {
            return new BatchHeader
            {
                Position = (int)position,
                BaseOffset = baseOffset,
                LastOffset = baseOffset,
                SizeBytes = length + OverheadBytes,
                Magic = magic,
                LeaderEpoch = -1,
                MaxTimestampMs = magic == 1 && bytes.Length >= 26 ? BinaryPrimitives.ReadInt64BigEndian(bytes[18..]) : -1,
                ProducerId = -1,
                ProducerEpoch = -1,
                BaseSequence = -1,
            };
        }

        if (bytes.Length < RecordBatch.HeaderSize || length < RecordBatch.HeaderSize - OverheadBytes)
        {
            return null;
        }

        return new BatchHeader
        {
            Position = (int)position,
            BaseOffset = baseOffset,
            LastOffset = baseOffset + BinaryPrimitives.ReadInt32BigEndian(bytes[23..]),
            SizeBytes = length + OverheadBytes,
            Magic = magic,
            LeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]),
            Attributes = BinaryPrimitives.ReadInt16BigEndian(bytes[21..]),
            BaseTimestampMs = BinaryPrimitives.ReadInt64BigEndian(bytes[27..]),
            MaxTimestampMs = BinaryPrimitives.ReadInt64BigEndian(bytes[35..]),
            ProducerId = BinaryPrimitives.ReadInt64BigEndian(bytes[43..]),
            ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(bytes[51..]),
            BaseSequence = BinaryPrimitives.ReadInt32BigEndian(bytes[53..]),
            RecordCount = BinaryPrimitives.ReadInt32BigEndian(bytes[57..]),
        };
    }
}
