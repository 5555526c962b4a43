using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Partitions;

/// <summary>How much one Fetch may carry and how far it may see.</summary>
/// <param name="BytesMax">For all partitions together; the first batch of the first partition with data may exceed it.</param>
/// <param name="BytesMin">Enough to answer before the wait is over.</param>
/// <param name="ReplicaId">-1 a consumer, -2 a debugging one, else a broker.</param>
internal sealed record FetchLimits(int BytesMax, int BytesMin, FetchIsolation Isolation, int ReplicaId);

/// <summary>One look at all partitions of a fetch.</summary>
internal sealed class FetchRead
{
    /// <summary>What was read, in the order of the request.</summary>
    public List<(FetchTarget Target, FetchResponse.PartitionData Data)> Parts { get; } = [];

    public long Bytes { get; private set; }

    /// <summary>An error or a divergence: the client should know at once.</summary>
    public bool EndsWait { get; private set; }

    public static FetchRead Make(IReadOnlyList<(FetchTarget Target, Partition? Partition)> targets, FetchLimits limits)
    {
        var read = new FetchRead();
        int bytesLeft = limits.BytesMax;
        bool firstBatchWhole = true;
        foreach ((FetchTarget target, Partition? partition) in targets)
        {
            FetchResponse.PartitionData data = partition is null
                ? Refused(target, ErrorCode.NotLeaderOrFollower)
                : ReadOne(target, partition, limits, bytesLeft, firstBatchWhole);
            int length = data.Records?.Length ?? 0;
            bytesLeft = Math.Max(0, bytesLeft - length);
            firstBatchWhole &= length == 0;
            read.Bytes += length;
            read.EndsWait |= data.ErrorCode != ErrorCode.None || data.DivergingEpoch.Epoch >= 0;
            read.Parts.Add((target, data));
        }

        return read;
    }

    /// <summary>The answer for a partition that cannot be read: no marks, and records that are empty, never null.</summary>
    public static FetchResponse.PartitionData Refused(FetchTarget target, ErrorCode error) => new()
    {
        PartitionIndex = target.Partition,
        ErrorCode = error,
        HighWatermark = -1,
        LastStableOffset = -1,
        LogStartOffset = -1,
        AbortedTransactions = null,
        Records = MemoryRecords.Empty,
    };

    /// <summary>Lets go of the files when the answer is not sent after all.</summary>
    public void Release()
    {
        foreach ((_, FetchResponse.PartitionData data) in Parts)
        {
            (data.Records as IDisposable)?.Dispose();
        }
    }

    private static FetchResponse.PartitionData ReadOne(FetchTarget target, Partition partition, FetchLimits limits, int bytesLeft, bool firstBatchWhole)
    {
        // Consumers of v11 on may read from a follower; who leads is checked all the same until there are followers.
        ErrorCode error = partition.CheckLeader(target.CurrentLeaderEpoch);
        if (error == ErrorCode.None && limits.ReplicaId >= 0)
        {
            error = ErrorCode.NotLeaderOrFollower;
        }

        if (error == ErrorCode.None && target.TopicId != Uuid.Zero && target.TopicId != partition.TopicId)
        {
            error = ErrorCode.InconsistentTopicId;
        }

        if (error != ErrorCode.None)
        {
            return Refused(target, error);
        }

        PartitionLog log = partition.Log;
        if (target.LastFetchedEpoch >= 0)
        {
            (int epoch, long endOffset) = log.EndOffsetForEpoch(target.LastFetchedEpoch);
            if (epoch < 0)
            {
                return Refused(target, ErrorCode.OffsetOutOfRange);
            }

            if (epoch < target.LastFetchedEpoch || endOffset < target.FetchOffset)
            {
                return Marks(target, log, epoch, endOffset);
            }
        }

        LogReadResult result = log.Read(target.FetchOffset, Math.Min(target.BytesMax, bytesLeft), limits.Isolation, firstBatchWhole);
        if (result.Error != ErrorCode.None)
        {
            return Refused(target, result.Error);
        }

        return new FetchResponse.PartitionData
        {
            PartitionIndex = target.Partition,
            HighWatermark = result.HighWatermark,
            LastStableOffset = result.LastStableOffset,
            LogStartOffset = result.LogStartOffset,
            AbortedTransactions = result.AbortedTransactions is null ? null : [.. result.AbortedTransactions.Select(t => new FetchResponse.AbortedTransaction { ProducerId = t.ProducerId, FirstOffset = t.FirstOffset })],
            Records = (RecordsData?)result.Records ?? MemoryRecords.Empty,
        };
    }

    private static FetchResponse.PartitionData Marks(FetchTarget target, PartitionLog log, int epoch, long endOffset) => new()
    {
        PartitionIndex = target.Partition,
        HighWatermark = log.HighWatermark,
        LastStableOffset = log.LastStableOffset,
        LogStartOffset = log.LogStartOffset,
        DivergingEpoch = new() { Epoch = epoch, EndOffset = endOffset },
        AbortedTransactions = null,
        Records = MemoryRecords.Empty,
    };
}
