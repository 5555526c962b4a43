using System.Buffers.Binary;
using Ouzel.Protocol.Records;

namespace Ouzel.Storage.Tests.Support;

/// <summary>Batches that a client may send and nobody should.</summary>
internal static class OddBatches
{
    private const int CrcAt = 17;
    private const int CrcFrom = 21;
    private const int DeltaAt = 3;

    /// <summary>Its records are numbered 2, 1, 0, 3; Apache Kafka stores it too.</summary>
    public static byte[] OutOfOrder()
    {
        using var builder = new RecordBatchBuilder();
        foreach (var key in "pqrk"u8)
        {
            builder.Append(Batches.Start, [key], "odd"u8.ToArray());
        }

        var bytes = builder.BuildArray();
        var at = RecordBatch.HeaderSize;
        foreach (var delta in (byte[])[2, 1, 0, 3])
        {
            bytes[at + DeltaAt] = (byte)(delta << 1);
            at += 1 + (bytes[at] >> 1);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcAt), Crc32C.Compute(bytes.AsSpan(CrcFrom)));
        return bytes;
    }
}
