using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>An offset to be committed: what the request said, and the place in the response for its error.</summary>
internal sealed record OffsetToCommit(
    TopicPartition Partition, Uuid TopicId, OffsetCommitRequest.OffsetCommitRequestPartition Said, OffsetCommitResponse.OffsetCommitResponsePartition Result);

/// <summary>An offset to be forgotten, and the place in the response for its error.</summary>
internal sealed record OffsetToDelete(TopicPartition Partition, OffsetDeleteResponse.OffsetDeleteResponsePartition Result);

/// <summary>The group whose offsets are read, and which of them.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Partitions">Null for all that have one.</param>
/// <param name="RequireStable">Do not answer from before the end of an open transaction (KIP-447).</param>
/// <param name="MemberId">A member of a consumer group proves itself; null for anybody.</param>
/// <param name="MemberEpoch">Goes with it.</param>
internal sealed record OffsetQuery(string GroupId, IReadOnlyList<TopicPartition>? Partitions, bool RequireStable, string? MemberId = null, int MemberEpoch = -1);

/// <summary>One partition's answer to an <see cref="OffsetQuery"/>.</summary>
internal readonly record struct OffsetFound(TopicPartition Partition, CommittedOffset? Offset, ErrorCode Error);

/// <summary>The response to an <see cref="OffsetQuery"/>.</summary>
internal sealed record OffsetResult(ErrorCode Error, IReadOnlyList<OffsetFound> Partitions)
{
    public static OffsetResult Failed(ErrorCode error) => new(error, []);
}
