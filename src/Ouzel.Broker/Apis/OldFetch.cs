using Ouzel.Broker.Partitions;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>Fetch v0 to v3: clients that know only the message formats 0 and 1 get what is stored converted. Apache Kafka dropped this in 4.0.</summary>
/// <remarks>Costs what it costs, reading and copying: it stands beside the road that other clients take, not on it.</remarks>
internal static class OldFetch
{
    /// <summary>The first version that carries batches as they are stored.</summary>
    public const short BatchesFrom = 4;

    private const short Magic1From = 2;

    /// <summary>The most that one answer converts, but for the first batch, which comes whole: what it is read, converted and encoded into stands in memory, and the client asks again.</summary>
    public const int BytesMax = 4 << 20;

    /// <summary>Beside each stored byte stand those that it is read, unpacked, converted and encoded into.</summary>
    private const int BytesPerStored = 5;

    /// <summary>What converting so many stored bytes takes.</summary>
    public static long BytesFor(long storedBytes) => storedBytes * BytesPerStored;

    public static void Convert(FetchTarget target, FetchResponse.PartitionData data, short version, FetchPieces pieces)
    {
        if (data.Records is not FileSlice stored)
        {
            return;
        }

        using var converted = new PooledBytes();
        data.ErrorCode = OldMessageSet.Convert(stored.ToArray(), version >= Magic1From ? (byte)1 : (byte)0, target.FetchOffset, converted);
        data.Records = data.ErrorCode == ErrorCode.None ? new MemoryRecords(converted.WrittenSpan.ToArray()) : MemoryRecords.Empty;
        pieces.TakeBack(stored);
    }
}
