using System.Buffers.Binary;

namespace Ouzel.Protocol.Records;

/// <summary>The meaning of a record in a control batch: the second number of its key.</summary>
public enum ControlRecordType : short
{
    Unknown = -1,
    Abort = 0,
    Commit = 1,
    LeaderChange = 2,
    SnapshotHeader = 3,
    SnapshotFooter = 4,
    KraftVersion = 5,
    KraftVoters = 6,
}

/// <summary>Reads and writes the records of control batches.</summary>
public static class ControlRecord
{
    /// <summary>Bytes of the marker that ends a transaction.</summary>
    public const int EndTransactionBatchBytes = 78;

    private const int KeyBytes = 4;
    private const int EndTransactionValueBytes = 6;

    /// <summary>The kind, or Unknown for kinds of a later time.</summary>
    /// <exception cref="RecordFormatException">The key is too short to hold a kind.</exception>
    public static ControlRecordType TypeOf(ReadOnlySpan<byte> key)
    {
        if (key.Length < KeyBytes)
        {
            throw new RecordFormatException($"a control record with a key of {key.Length} bytes");
        }

        var type = BinaryPrimitives.ReadInt16BigEndian(key[2..]);
        return type is >= 0 and <= (short)ControlRecordType.KraftVoters ? (ControlRecordType)type : ControlRecordType.Unknown;
    }

    /// <summary>The coordinator's epoch in the value of a commit or abort marker.</summary>
    public static int CoordinatorEpochOf(ReadOnlySpan<byte> value)
    {
        if (value.Length < EndTransactionValueBytes)
        {
            throw new RecordFormatException($"a transaction marker of {value.Length} bytes");
        }

        return BinaryPrimitives.ReadInt32BigEndian(value[2..]);
    }

    /// <summary>The key of a control record: version 0 and the kind.</summary>
    public static byte[] KeyOf(ControlRecordType type)
    {
        var key = new byte[KeyBytes];
        BinaryPrimitives.WriteInt16BigEndian(key.AsSpan(2), (short)type);
        return key;
    }

    /// <summary>The whole batch that ends a producer's transaction.</summary>
    public static byte[] EndTransaction(
        bool commit, long producerId, short producerEpoch, int coordinatorEpoch, long timestampMs, long baseOffset = 0, int leaderEpoch = -1)
    {
        var value = new byte[EndTransactionValueBytes];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(2), coordinatorEpoch);
        using var builder = new RecordBatchBuilder
        {
            BaseOffset = baseOffset,
            PartitionLeaderEpoch = leaderEpoch,
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
            IsTransactional = true,
            IsControl = true,
        };
        builder.Append(timestampMs, KeyOf(commit ? ControlRecordType.Commit : ControlRecordType.Abort), value);
        return builder.BuildArray();
    }
}
