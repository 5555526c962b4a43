using Ouzel.Broker.Coordination;
using Ouzel.Protocol;
using Ouzel.Storage;

namespace Ouzel.Broker.Partitions;

/// <summary>A partition of an internal topic as its coordinator sees it.</summary>
internal sealed class CoordinatorLog(Partition partition, TimeProvider clock) : ICoordinatorLog
{
    public long StartOffset => partition.Log.LogStartOffset;

    public long EndOffset => partition.Log.LogEndOffset;

    public long HighWatermark => partition.Log.HighWatermark;

    public CoordinatorAppend Append(Memory<byte> batch)
    {
        LogAppendResult result = partition.AppendAsLeader(batch.Span, LogAppendOrigin.Coordinator, acksAll: true, clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (result.Error == ErrorCode.None)
        {
            partition.TellNews(batch.Length);
        }

        return new CoordinatorAppend(result.Error, result.BaseOffset);
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int bytesMax)
    {
        LogReadResult result = partition.Log.Read(offset, bytesMax, FetchIsolation.LogEnd, minOneMessage: true);
        if (result.Error != ErrorCode.None)
        {
            throw new IOException($"{partition.Name} cannot be read from offset {offset}: {result.Error}");
        }

        using FileSlice? slice = result.Records;
        return new(slice is null ? ReadOnlyMemory<byte>.Empty : slice.ToArray());
    }

    public async ValueTask<ErrorCode> WaitCommittedAsync(long offset)
    {
        if (!await partition.WaitAcknowledgedAsync(offset))
        {
            return ErrorCode.KafkaStorageError;
        }

        return partition.CheckLeader(-1);
    }
}
