using Ouzel.Broker.Partitions;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Fetching;

/// <summary>The bounds of one Fetch: how much it may carry and how far it may see.</summary>
/// <param name="BytesMax">For all partitions together; the first batch of the first partition with data may exceed it.</param>
/// <param name="BytesMin">Enough to answer before the wait is over.</param>
/// <param name="ReplicaId">-1 a consumer, -2 a debugging one, else a broker.</param>
internal readonly record struct FetchLimits(int BytesMax, int BytesMin, FetchIsolation Isolation, int ReplicaId);

/// <summary>The findings of one look at one partition, and what may still come of it.</summary>
/// <param name="Data">What the response says of the partition.</param>
/// <param name="BytesAvailable">What a reader may see of its segment, at most the partition's limit: also where the response had no room for it.</param>
/// <param name="CanGrow">A later look may find more records than this one.</param>
/// <param name="EndsWait">The client should know it now: an error, a divergence, or that it stands in a segment that does not grow.</param>
/// <param name="IsBehindEnd">The log holds records that the reader may not see yet: they may become visible without a byte's being appended.</param>
internal readonly record struct FetchLook(FetchResponse.PartitionData Data, long BytesAvailable, bool CanGrow, bool EndsWait, bool IsBehindEnd);

/// <summary>Reads partitions for a fetch: one look at one of them.</summary>
internal static class FetchRead
{
    /// <summary>One record without key, value and headers in a batch of magic 2: nobody appends less at a time.</summary>
    private const int BatchBytesMin = 68;

    /// <summary>Looks at a partition; a fault there becomes its error.</summary>
    /// <param name="partition">Null where the cluster has it but this node does not.</param>
    /// <param name="bytesLeft">Of the whole response.</param>
    /// <param name="firstBatchWhole">No partition before it had records: its first batch comes whole whatever its size.</param>
    public static FetchLook Look(FetchPieces pieces, FetchTarget target, Partition? partition, FetchLimits limits, int bytesLeft, bool firstBatchWhole, PartitionFaults faults)
    {
        FetchResponse.PartitionData? data = null;
        try
        {
            var error = partition is null ? ErrorCode.NotLeaderOrFollower : Check(target, partition, limits);
            data = pieces.Part(target, error);
            if (error == ErrorCode.None && !Diverges(data, target, partition!.Log))
            {
                return Read(pieces, data, target, partition, limits, bytesLeft, firstBatchWhole);
            }
        }
        catch (Exception fault)
        {
            if (data is not null)
            {
                pieces.TakeBack(data);
            }

            data = pieces.Part(target, faults.Tell(ApiKey.Fetch, new TopicPartition(target.Topic ?? "", target.Partition), fault));
        }

        return new FetchLook(data, 0, CanGrow: false, EndsWait: true, IsBehindEnd: false);
    }

    private static ErrorCode Check(FetchTarget target, Partition partition, FetchLimits limits)
    {
        // Consumers of v11 on may read from a follower; who leads is checked all the same until there are followers.
        var error = partition.CheckLeader(target.CurrentLeaderEpoch);
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

    /// <summary>True when the reader's history is another than the log's (KIP-595); the response then says where they part.</summary>
    private static bool Diverges(FetchResponse.PartitionData data, FetchTarget target, PartitionLog log)
    {
        if (target.LastFetchedEpoch < 0)
        {
            return false;
        }

        var (epoch, endOffset) = log.EndOffsetForEpoch(target.LastFetchedEpoch);
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

    private static FetchLook Read(
        FetchPieces pieces, FetchResponse.PartitionData data, FetchTarget target, Partition partition, FetchLimits limits, int bytesLeft, bool firstBatchWhole)
    {
        var bytesMax = Math.Max(0, Math.Min(target.BytesMax, bytesLeft));
        var slice = pieces.Slice();
        LogReadResult result = default;
        try
        {
            result = partition.Log.Read(target.FetchOffset, bytesMax, limits.Isolation, firstBatchWhole, slice);
        }
        finally
        {
            // A piece of a batch as a partition's only records tells a client that it can make no progress (KIP-74): it stays empty and gets its turn.
            if (result.Records is null || result.Records.Length < result.FirstBatchBytes)
            {
                pieces.TakeBack(slice);
                result = result with { Records = null };
            }
        }

        if (result.Error != ErrorCode.None)
        {
            data.ErrorCode = partition.ReasonOf(result.Error);
            return new FetchLook(data, 0, CanGrow: false, EndsWait: true, IsBehindEnd: false);
        }

        (data.HighWatermark, data.LastStableOffset, data.LogStartOffset) = (result.HighWatermark, result.LastStableOffset, result.LogStartOffset);
        data.AbortedTransactions = Tell(result.Records is null && result.AbortedTransactions is not null ? [] : result.AbortedTransactions);
        data.Records = (RecordsData?)result.Records ?? MemoryRecords.Empty;
        var length = data.Records.Length;
        var hasAll = length == result.BytesAvailable;
        return new FetchLook(
            data,
            Math.Min(result.BytesAvailable, Math.Max(target.BytesMax, length)),
            CanGrow: hasAll && (length == 0 ? firstBatchWhole || bytesMax >= BatchBytesMin : length < bytesMax),
            EndsWait: result.IsSealed,
            IsBehindEnd: LimitOf(result, limits.Isolation) < result.LogEndOffset);
    }

    private static long LimitOf(in LogReadResult result, FetchIsolation isolation) => isolation switch
    {
        FetchIsolation.LogEnd => result.LogEndOffset,
        FetchIsolation.HighWatermark => result.HighWatermark,
        _ => result.LastStableOffset,
    };

    private static List<FetchResponse.AbortedTransaction>? Tell(IReadOnlyList<AbortedTransaction>? aborted) => aborted switch
    {
        null => null,
        { Count: 0 } => NoneAborted,
        _ => [.. aborted.Select(t => new FetchResponse.AbortedTransaction { ProducerId = t.ProducerId, FirstOffset = t.FirstOffset })],
    };

    /// <summary>Shared by all responses: nobody adds to it.</summary>
    private static readonly List<FetchResponse.AbortedTransaction> NoneAborted = [];
}
