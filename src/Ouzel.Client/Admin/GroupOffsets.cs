using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Admin;

/// <summary>Offsets of groups, over the versions in which their messages changed shape.</summary>
/// <remarks>Topics are named, never numbered: version 10 of OffsetFetch and OffsetCommit is not used.</remarks>
/// <param name="calls">Asks the coordinators.</param>
internal sealed class GroupOffsets(AdminCalls calls)
{
    /// <summary>The last version that names topics.</summary>
    private const short NamesUntil = 9;

    /// <summary>The first version of OffsetFetch that asks for several groups.</summary>
    private const short GroupsFrom = 8;

    public async Task<IReadOnlyDictionary<TopicPartition, ItemResult<CommittedOffset>>> ListAsync(string group, CancellationToken cancellation)
    {
        var response = await calls.CoordinatorAsync(
            group,
            version => version < GroupsFrom
                ? new OffsetFetchRequest { GroupId = group, Topics = null }
                : new OffsetFetchRequest { Groups = [new() { GroupId = group, Topics = null }] },
            ErrorOf, cancellation, highest: NamesUntil);
        new ItemResult(ErrorOf(response), $"The offsets of group {group} were not listed").ThrowIfFailed();
        var results = new Dictionary<TopicPartition, ItemResult<CommittedOffset>>();
        foreach (var topic in response.Topics)
        {
            foreach (var p in topic.Partitions)
            {
                results[new TopicPartition(topic.Name, p.PartitionIndex)] = Result(p.ErrorCode, p.CommittedOffset, p.CommittedLeaderEpoch, p.Metadata);
            }
        }

        foreach (var topic in response.Groups.SelectMany(g => g.Topics))
        {
            foreach (var p in topic.Partitions)
            {
                results[new TopicPartition(topic.Name, p.PartitionIndex)] = Result(p.ErrorCode, p.CommittedOffset, p.CommittedLeaderEpoch, p.Metadata);
            }
        }

        return results;
    }

    public async Task<IReadOnlyDictionary<TopicPartition, ItemResult>> AlterAsync(
        string group, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellation)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = group,
            Topics = [.. offsets.GroupBy(o => o.Key.Topic).Select(t => new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = t.Key,
                Partitions = [.. t.Select(o => new OffsetCommitRequest.OffsetCommitRequestPartition
                {
                    PartitionIndex = o.Key.Partition,
                    CommittedOffset = o.Value.Offset,
                    CommittedLeaderEpoch = o.Value.LeaderEpoch,
                    CommittedMetadata = o.Value.Metadata,
                })],
            })],
        };
        var response = await calls.CoordinatorAsync(group, _ => request, static r => r.Topics.SelectMany(t => t.Partitions).Select(p => p.ErrorCode).FirstOrDefault(), cancellation, highest: NamesUntil);
        return response.Topics.SelectMany(t => t.Partitions.Select(p => (Partition: new TopicPartition(t.Name, p.PartitionIndex), p.ErrorCode)))
            .ToDictionary(p => p.Partition, p => new ItemResult(p.ErrorCode, null));
    }

    public async Task<IReadOnlyDictionary<TopicPartition, ItemResult>> DeleteAsync(string group, IEnumerable<TopicPartition> partitions, CancellationToken cancellation)
    {
        var request = new OffsetDeleteRequest
        {
            GroupId = group,
            Topics = [.. partitions.GroupBy(p => p.Topic).Select(t => new OffsetDeleteRequest.OffsetDeleteRequestTopic
            {
                Name = t.Key,
                Partitions = [.. t.Select(p => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = p.Partition })],
            })],
        };
        var response = await calls.CoordinatorAsync(group, _ => request, static r => r.ErrorCode, cancellation);
        new ItemResult(response.ErrorCode, $"The offsets of group {group} were not deleted").ThrowIfFailed();
        return response.Topics.SelectMany(t => t.Partitions.Select(p => (Partition: new TopicPartition(t.Name, p.PartitionIndex), p.ErrorCode)))
            .ToDictionary(p => p.Partition, p => new ItemResult(p.ErrorCode, null));
    }

    private static ErrorCode ErrorOf(OffsetFetchResponse response) => response.Groups.Count > 0 ? response.Groups[0].ErrorCode : response.ErrorCode;

    private static ItemResult<CommittedOffset> Result(ErrorCode error, long offset, int leaderEpoch, string? metadata) =>
        TopicAdmin.Result(error, null, new CommittedOffset(offset, leaderEpoch, metadata ?? ""));
}
