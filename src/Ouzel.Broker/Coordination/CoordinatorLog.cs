using Ouzel.Broker.Partitions;
using Ouzel.Protocol;
using Ouzel.Storage;

namespace Ouzel.Broker.Coordination;

/// <summary>A partition of an internal topic as its coordinator sees it. A record is committed when a producer with acks=all would be told so.</summary>
internal sealed class CoordinatorLog(Partition partition, TimeProvider clock) : ICoordinatorLog
{
    private long _committedEnd;

    public long StartOffset => partition.Log.LogStartOffset;

    public long EndOffset => partition.Log.LogEndOffset;

    /// <summary>The high watermark would say too much: it moves before the disk has the record.</summary>
    public long CommittedEnd => Interlocked.Read(ref _committedEnd);

    public int BatchBytesMax => partition.Log.Options.MessageBytesMax;

    public bool IsOffline => partition.Log.IsFailed || partition.Directory.IsOffline;

    public async ValueTask<CoordinatorAppend> AppendAsync(Memory<byte> batch)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var result = partition.MustQueue
            ? await partition.AppendQueuedAsync(batch, LogAppendOrigin.Coordinator, acksAll: true, nowMs, frame: null)
            : partition.AppendAsLeader(batch.Span, LogAppendOrigin.Coordinator, acksAll: true, nowMs);
        if (result.Error == ErrorCode.None)
        {
            partition.TellAppended(batch.Length, result.IsNewSegment);
        }

        return new CoordinatorAppend(result.Error, result.BaseOffset);
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int bytesMax)
    {
        var result = partition.Log.Read(offset, bytesMax, FetchIsolation.LogEnd, minOneMessage: true);
        if (result.Error != ErrorCode.None)
        {
            throw new IOException($"{partition.Name} cannot be read from offset {offset}: {result.Error}");
        }

        using var slice = result.Records;
        return new(slice is null ? ReadOnlyMemory<byte>.Empty : slice.ToArray());
    }

    public async ValueTask<ErrorCode> WaitCommittedAsync(long offset)
    {
        var error = await partition.WaitAcknowledgedAsync(offset + 1);
        if (error == ErrorCode.None)
        {
            error = partition.CheckLeader(-1);
        }

        if (error == ErrorCode.None)
        {
            RaiseCommittedEnd(offset + 1);
        }

        return error;
    }

    /// <summary>Waits end in any order; the mark only rises.</summary>
    private void RaiseCommittedEnd(long end)
    {
        var seen = CommittedEnd;
        while (seen < end)
        {
            var before = Interlocked.CompareExchange(ref _committedEnd, end, seen);
            seen = before == seen ? end : before;
        }
    }
}
