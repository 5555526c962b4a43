using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>A consumer's place in a partition. Offsets are those of the next record; null while unknown.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Position">The next to be delivered.</param>
/// <param name="Handled">The first that the application has not finished with.</param>
/// <param name="Committed">The last committed by this consumer, or read as committed when it got the partition.</param>
/// <param name="EndOffset">The end that can be read: the high watermark, or the last stable offset under <see cref="IsolationLevel.ReadCommitted"/>, as of the last fetch.</param>
/// <param name="IsPaused">Whether it is paused.</param>
public sealed record PartitionStatus(TopicPartition Partition, long? Position, long? Handled, long? Committed, long? EndOffset, bool IsPaused)
{
    /// <summary>Offsets between what was delivered and the end; null while unknown. Gaps of compaction and transaction markers count.</summary>
    public long? Lag => EndOffset - Position is { } lag ? Math.Max(0, lag) : null;
}
