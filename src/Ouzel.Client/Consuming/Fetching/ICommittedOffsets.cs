using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>A group's commit for a partition.</summary>
/// <param name="Offset">Of the next record to be read; -1 for nothing committed.</param>
/// <param name="LeaderEpoch">Of the record before; -1 when unknown.</param>
/// <param name="Metadata">Text beside it.</param>
/// <param name="Error">Why it is not known.</param>
internal readonly record struct StoredOffset(long Offset, int LeaderEpoch, string? Metadata, ErrorCode Error);

/// <summary>Reads what a group committed.</summary>
internal interface ICommittedOffsets
{
    /// <summary>One attempt.</summary>
    /// <exception cref="KafkaException">The coordinator cannot be asked, or refuses.</exception>
    Task<IReadOnlyDictionary<TopicPartition, StoredOffset>> ReadAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation);
}
