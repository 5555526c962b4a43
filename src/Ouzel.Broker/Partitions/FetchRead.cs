using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Partitions;

/// <summary>How much one Fetch may carry and how far it may see.</summary>
/// <param name="BytesMax">For all partitions together; the first batch of the first partition with data may exceed it.</param>
/// <param name="BytesMin">Enough to answer before the wait is over.</param>
/// <param name="ReplicaId">-1 a consumer, -2 a debugging one, else a broker.</param>
internal readonly record struct FetchLimits(int BytesMax, int BytesMin, FetchIsolation Isolation, int ReplicaId);

/// <summary>Reads partitions for a fetch: one look at one of them.</summary>
internal static class FetchRead
{
    /// <summary>What the answer says of the partition.</summary>
    /// <param name="partition">Null where the cluster has it but this node does not.</param>
    /// <param name="bytesLeft">Of the whole answer.</param>
    /// <param name="firstBatchWhole">No partition before it had records: its first batch comes whole whatever its size.</param>
    public static FetchResponse.PartitionData Look(FetchPieces pieces, FetchTarget target, Partition? partition, FetchLimits limits, int bytesLeft, bool firstBatchWhole)
    {
        ErrorCode error = partition is null ? ErrorCode.NotLeaderOrFollower : Check(target, partition, limits);
        FetchResponse.PartitionData data = pieces.Part(target, error);
        if (error == ErrorCode.None && !Diverges(data, target, partition!.Log))
        {
            Read(pieces, data, target, partition.Log, limits, bytesLeft, firstBatchWhole);
        }

        return data;
    }

    private static ErrorCode Check(FetchTarget target, Partition partition, FetchLimits limits)
    {
        // Consumers of v11 on may read from a follower; who leads is checked all the same until there are followers.
        ErrorCode error = partition.CheckLeader(target.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (limits.ReplicaId >= 0)
        {
            return ErrorCode.NotLeaderOrFollower;
        }

        return target.TopicId != Uuid.Zero && target.TopicId != partition.TopicId ? ErrorCode.InconsistentTopicId : ErrorCode.None;
    }

    /// <summary>Whether the reader's history is another than the log's (KIP-595); the answer then says where they part.</summary>
    private static bool Diverges(FetchResponse.PartitionData data, FetchTarget target, PartitionLog log)
    {
        if (target.LastFetchedEpoch < 0)
        {
            return false;
        }

        (int epoch, long endOffset) = log.EndOffsetForEpoch(target.LastFetchedEpoch);
        if (epoch < 0)
        {
            data.ErrorCode = ErrorCode.OffsetOutOfRange;
            return true;
        }

        if (epoch >= target.LastFetchedEpoch && endOffset >= target.FetchOffset)
        {
            return false;
        }

        (data.HighWatermark, data.LastStableOffset, data.LogStartOffset) = (log.HighWatermark, log.LastStableOffset, log.LogStartOffset);
        (data.DivergingEpoch.Epoch, data.DivergingEpoch.EndOffset) = (epoch, endOffset);
        return true;
    }

    private static void Read(FetchPieces pieces, FetchResponse.PartitionData data, FetchTarget target, PartitionLog log, FetchLimits limits, int bytesLeft, bool firstBatchWhole)
    {
        FileSlice slice = pieces.Slice();
        LogReadResult result = log.Read(target.FetchOffset, Math.Min(target.BytesMax, bytesLeft), limits.Isolation, firstBatchWhole, slice);
        if (result.Records is null)
        {
            pieces.TakeBack(slice);
        }

        if (result.Error != ErrorCode.None)
        {
            data.ErrorCode = result.Error;
            return;
        }

        (data.HighWatermark, data.LastStableOffset, data.LogStartOffset) = (result.HighWatermark, result.LastStableOffset, result.LogStartOffset);
        data.AbortedTransactions = Tell(result.AbortedTransactions);
        data.Records = (RecordsData?)result.Records ?? MemoryRecords.Empty;
    }

    private static List<FetchResponse.AbortedTransaction>? Tell(IReadOnlyList<AbortedTransaction>? aborted) => aborted switch
    {
        null => null,
        { Count: 0 } => NoneAborted,
        _ => [.. aborted.Select(t => new FetchResponse.AbortedTransaction { ProducerId = t.ProducerId, FirstOffset = t.FirstOffset })],
    };

    /// <summary>Shared by all answers: nobody adds to it.</summary>
    private static readonly List<FetchResponse.AbortedTransaction> NoneAborted = [];
}
