using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>The result of an append to an internal partition.</summary>
/// <param name="Error">None, or why nothing was appended.</param>
/// <param name="BaseOffset">The offset of the first record.</param>
internal readonly record struct CoordinatorAppend(ErrorCode Error, long BaseOffset);

/// <summary>One partition of an internal topic as its coordinator sees it.</summary>
internal interface ICoordinatorLog
{
    /// <summary>The first offset there is.</summary>
    long StartOffset { get; }

    /// <summary>The offset after the last record.</summary>
    long EndOffset { get; }

    /// <summary>Everything below is known to be committed; may lag behind what <see cref="WaitCommittedAsync"/> would say.</summary>
    long CommittedEnd { get; }

    /// <summary>The largest batch the log takes.</summary>
    int BatchBytesMax { get; }

    /// <summary>The disk has failed: nothing can be read or appended until this node starts again.</summary>
    bool IsOffline { get; }

    /// <summary>Appends one record batch, whole or not at all. Offsets are written into the batch. Takes time only while the disk makes writers wait.</summary>
    ValueTask<CoordinatorAppend> AppendAsync(Memory<byte> batch);

    /// <summary>Whole batches from the one that holds <paramref name="offset"/>: at least one, however large, or nothing at the end.</summary>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int bytesMax);

    /// <summary>Waits until <paramref name="offset"/> is committed; an error when this node may no longer say so.</summary>
    ValueTask<ErrorCode> WaitCommittedAsync(long offset);
}
