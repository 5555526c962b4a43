using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>A place in a partition.</summary>
/// <param name="Partition">Topic and number.</param>
/// <param name="Offset">As something to be committed: the offset of the next record to be read.</param>
/// <param name="LeaderEpoch">The epoch of the leader that wrote the record before, so that a lost end of the log is noticed (KIP-320); -1 when unknown.</param>
/// <param name="Metadata">Text beside a committed offset, at most 4096 bytes on most brokers (offset.metadata.max.bytes); null for none.</param>
public readonly record struct TopicPartitionOffset(TopicPartition Partition, long Offset, int LeaderEpoch = -1, string? Metadata = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Partition}@{Offset}";
}
