using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Testing;

/// <summary>The subject of a request, as far as faults ask for it.</summary>
/// <param name="Group">The group it names.</param>
/// <param name="Partitions">The partitions it names; -1 for a topic as a whole.</param>
internal readonly record struct RequestSubject(string? Group, IReadOnlyList<TopicPartition> Partitions)
{
    private const int WholeTopic = -1;

    /// <param name="request">Any request.</param>
    /// <param name="nameOf">The name of a topic by its id.</param>
    public static RequestSubject Of(object request, Func<Uuid, string?> nameOf)
    {
        return request switch
        {
            ProduceRequest r => Many(r.TopicData.SelectMany(t => t.PartitionData.Select(p => At(t.Name, t.TopicId, p.Index)))),
            FetchRequest r => Many(r.Topics.SelectMany(t => t.Partitions.Select(p => At(t.Topic, t.TopicId, p.Partition)))),
            ListOffsetsRequest r => Many(r.Topics.SelectMany(t => t.Partitions.Select(p => new TopicPartition(t.Name, p.PartitionIndex)))),
            OffsetCommitRequest r => new(r.GroupId, [.. r.Topics.SelectMany(t => t.Partitions.Select(p => At(t.Name, t.TopicId, p.PartitionIndex)))]),
            OffsetFetchRequest r => new(r.Groups.Count > 0 ? r.Groups[0].GroupId : r.GroupId, []),
            DeleteRecordsRequest r => Many(r.Topics.SelectMany(t => t.Partitions.Select(p => new TopicPartition(t.Name, p.PartitionIndex)))),
            MetadataRequest r => Many((r.Topics ?? []).Select(t => At(t.Name ?? "", t.TopicId, WholeTopic))),
            CreateTopicsRequest r => Many(r.Topics.Select(t => new TopicPartition(t.Name, WholeTopic))),
            DeleteTopicsRequest r => Many(r.TopicNames.Select(name => new TopicPartition(name, WholeTopic)).Concat(r.Topics.Select(t => At(t.Name ?? "", t.TopicId, WholeTopic)))),
            JoinGroupRequest r => new(r.GroupId, []),
            SyncGroupRequest r => new(r.GroupId, []),
            HeartbeatRequest r => new(r.GroupId, []),
            LeaveGroupRequest r => new(r.GroupId, []),
            FindCoordinatorRequest r => new(r.CoordinatorKeys.Count > 0 ? r.CoordinatorKeys[0] : r.Key, []),
            _ => new(null, []),
        };

        TopicPartition At(string name, Uuid id, int partition) => new(name.Length > 0 ? name : nameOf(id) ?? "", partition);

        static RequestSubject Many(IEnumerable<TopicPartition> partitions) => new(null, [.. partitions]);
    }
}
