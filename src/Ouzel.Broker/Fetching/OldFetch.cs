using Ouzel.Broker.Memory;
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

    /// <summary>The memory that converting so many stored bytes takes.</summary>
    public static long BytesFor(long storedBytes) => storedBytes * BytesPerStored;

    /// <summary>Reads on the threads of the disk and converts in turns: nobody waits for a disk while others wait for his turn. A fault concerns this partition alone.</summary>
    public static async ValueTask ConvertAsync(FetchTarget target, FetchResponse.PartitionData data, short version, FetchPieces pieces, PartitionTable partitions, LargeTurns turns)
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
            data.ErrorCode = partitions.TryGet(name, out var partition)
                ? await ConvertAsync(stored, partition, target.FetchOffset, version >= Magic1From ? (byte)1 : (byte)0, converted, turns)
                : ErrorCode.UnknownTopicOrPartition;
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
    private static async ValueTask<ErrorCode> ConvertAsync(FileSlice stored, Partition partition, long offset, byte magic, PooledBytes converted, LargeTurns turns)
    {
        var bytes = await partition.Directory.RunBesideAsync(stored.ToArray);
        while (bytes is not null)
        {
            var (read, from) = (bytes, offset);
            var (error, next) = await turns.RunAsync(() => (OldMessageSet.Convert(read, magic, from, converted), OffsetBehind(read)));
            if (error != ErrorCode.None || converted.Length > 0 || next <= offset)
            {
                return error;
            }

            offset = next;
            bytes = await partition.Directory.RunBesideAsync(() => ReadFrom(partition.Log, next));
        }

        return ErrorCode.None;
    }

    private static byte[]? ReadFrom(PartitionLog log, long offset)
    {
        using var further = log.Read(offset, BytesMax, FetchIsolation.HighWatermark, minOneMessage: true).Records;
        return further?.ToArray();
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
