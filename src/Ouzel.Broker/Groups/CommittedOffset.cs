using Ouzel.Protocol;

namespace Ouzel.Broker.Groups;

/// <summary>A group's position in one partition.</summary>
/// <param name="Offset">The next offset to read, as the client said it.</param>
/// <param name="LeaderEpoch">-1 when the client did not say.</param>
/// <param name="Metadata">The client's own text.</param>
/// <param name="CommitMs">When, wall clock.</param>
/// <param name="ExpireMs">Until when, if the client asked for a time of its own (OffsetCommit v2 to v4).</param>
/// <param name="TopicId">The topic's id if the client named the topic by it, else zero.</param>
/// <param name="RecordOffset">Where the record stands in the log: decides between a transactional and a plain commit.</param>
internal readonly record struct CommittedOffset(
    long Offset, int LeaderEpoch, string Metadata, long CommitMs, long? ExpireMs, Uuid TopicId, long RecordOffset = -1);
