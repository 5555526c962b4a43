using Ouzel.Broker.Partitions;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Fetching;

/// <summary>Fetch v0 to v3: clients that know only the message formats 0 and 1 get what is stored converted. Apache Kafka dropped this in 4.0.</summary>
/// <remarks>Costs what it costs, reading and copying: it stands beside the road that other clients take, not on it.</remarks>
internal static class OldFetch
{
    /// <summary>The first version that carries batches as they are stored.</summary>
    public const short BatchesFrom = 4;

    private const short Magic1From = 2;

    /// <summary>The most that one response converts, but for the first batch, which comes whole: what it is read, converted and encoded into stands in memory, and the client asks again.</summary>
    public const int BytesMax = 4 << 20;

    /// <summary>Beside each stored byte stand those that it is read, unpacked, converted and encoded into.</summary>
    private const int BytesPerStored = 5;

    /// <summary>What converting so many stored bytes takes.</summary>
    public static long BytesFor(long storedBytes) => storedBytes * BytesPerStored;

    /// <summary>A fault concerns this partition alone.</summary>
    public static void Convert(FetchTarget target, FetchResponse.PartitionData data, short version, FetchPieces pieces, PartitionTable partitions)
    {
        if (data.Records is not FileSlice stored)
        {
            return;
        }

        var name = new TopicPartition(target.Topic!, target.Partition);
        data.Records = MemoryRecords.Empty;
        using var converted = new PooledBytes();
        try
        {
            partitions.TryGet(name, out var partition);
            data.ErrorCode = Convert(stored, partition?.Log, target.FetchOffset, version >= Magic1From ? (byte)1 : (byte)0, converted);
            if (data.ErrorCode == ErrorCode.None)
            {
                data.Records = new MemoryRecords(converted.WrittenSpan.ToArray());
            }
        }
        catch (RecordFormatException)
        {
            data.ErrorCode = ErrorCode.CorruptMessage;
        }
        catch (Exception fault)
        {
            data.ErrorCode = partitions.Faults.Tell(ApiKey.Fetch, name, fault);
        }

        pieces.TakeBack(stored);
    }

    /// <summary>Goes on behind what becomes nothing: of markers and emptied batches the old formats do not know, and the client would ask for them for ever.</summary>
    private static ErrorCode Convert(FileSlice stored, PartitionLog? log, long offset, byte magic, PooledBytes converted)
    {
        var bytes = stored.ToArray();
        while (true)
        {
            var error = OldMessageSet.Convert(bytes, magic, offset, converted);
            var next = OffsetBehind(bytes);
            if (error != ErrorCode.None || converted.Length > 0 || next <= offset || log is null)
            {
                return error;
            }

            offset = next;
            using var further = log.Read(offset, BytesMax, FetchIsolation.HighWatermark, minOneMessage: true).Records;
            if (further is null)
            {
                return ErrorCode.None;
            }

            bytes = further.ToArray();
        }
    }

    private static long OffsetBehind(ReadOnlySpan<byte> batches)
    {
        long next = -1;
        for (; RecordBatch.TryRead(batches, out var batch, out var size); batches = batches[size..])
        {
            next = batch.Magic < 2 ? batch.BaseOffset + 1 : batch.NextOffset;
        }

        return next;
    }
}
