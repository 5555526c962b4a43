using System.Buffers.Binary;

namespace Ouzel.Protocol.Records;

/// <summary>The fields that a broker changes in a batch it was sent, in place.</summary>
public readonly ref partial struct RecordBatch
{
    /// <summary>Outside the checksum.</summary>
    public static void SetBaseOffset(Span<byte> batch, long baseOffset) =>
        BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);

    /// <summary>Outside the checksum.</summary>
    public static void SetPartitionLeaderEpoch(Span<byte> batch, int leaderEpoch) =>
        BinaryPrimitives.WriteInt32BigEndian(batch[LeaderEpochAt..], leaderEpoch);

    /// <summary>Sets maximum timestamp and timestamp type, and the checksum if either was different.</summary>
    /// <returns>Whether anything changed.</returns>
    public static bool SetMaxTimestampAndType(Span<byte> batch, long maxTimestampMs, TimestampType type)
    {
        var before = BinaryPrimitives.ReadInt16BigEndian(batch[AttributesAt..]);
        var attributes = (short)(type == TimestampType.LogAppendTime ? before | LogAppendTimeBit : before & ~LogAppendTimeBit);
        if (attributes == before && BinaryPrimitives.ReadInt64BigEndian(batch[MaxTimestampAt..]) == maxTimestampMs)
        {
            return false;
        }

        BinaryPrimitives.WriteInt16BigEndian(batch[AttributesAt..], attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[MaxTimestampAt..], maxTimestampMs);
        SetCrc(batch);
        return true;
    }

    /// <summary>Computes the checksum of a whole batch anew.</summary>
    public static void SetCrc(Span<byte> batch)
    {
        var size = LogOverhead + BinaryPrimitives.ReadInt32BigEndian(batch[LengthAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(batch[CrcAt..], Crc32C.Compute(batch[AttributesAt..size]));
    }
}
