using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>The two shapes of OffsetFetch: one group up to version 7, a list of groups from version 8, with topic ids from version 10.</summary>
internal sealed class OffsetFetchShapes(ClusterImage image, short version)
{
    public const short GroupsVersion = 8;
    private const short GroupErrorVersion = 2;
    private const short TopicIdVersion = 10;

    /// <summary>The question of a request for one group.</summary>
    public static OffsetQuery QueryOf(OffsetFetchRequest request) => new(
        request.GroupId,
        request.Topics?.SelectMany(t => t.PartitionIndexes.Select(p => new TopicPartition(t.Name, p))).ToArray(),
        request.RequireStable);

    /// <summary>The response of one group. Before version 2 an error can only stand at each partition.</summary>
    public static OffsetFetchResponse OneGroup(OffsetResult answer, OffsetFetchRequest request, short version)
    {
        if (answer.Error != ErrorCode.None)
        {
            return version >= GroupErrorVersion ? new OffsetFetchResponse { ErrorCode = answer.Error } : new OffsetFetchResponse
            {
                Topics = [.. (request.Topics ?? []).Select(t => new OffsetFetchResponse.OffsetFetchResponseTopic
                {
                    Name = t.Name,
                    Partitions = [.. t.PartitionIndexes.Select(p => OldPartition(new OffsetFound(new TopicPartition(t.Name, p), null, answer.Error)))],
                })],
            };
        }

        IEnumerable<(string Name, IEnumerable<OffsetFound> Found)> found = request.Topics is { } asked
            ? InOrder(answer, asked.Select(t => (t.Name, t.PartitionIndexes.Count)))
            : answer.Partitions.GroupBy(f => f.Partition.Topic).Select(g => (g.Key, g.AsEnumerable()));
        return new OffsetFetchResponse
        {
            Topics = [.. found.Select(t => new OffsetFetchResponse.OffsetFetchResponseTopic { Name = t.Name, Partitions = [.. t.Found.Select(OldPartition)] })],
        };
    }

    /// <summary>The question about one group of a list. Ids that no topic has are not asked for.</summary>
    public OffsetQuery QueryOf(OffsetFetchRequest.OffsetFetchRequestGroup group, bool requireStable) => new(
        group.GroupId,
        group.Topics?.SelectMany(t => NameOf(t) is { } name ? t.PartitionIndexes.Select(p => new TopicPartition(name, p)) : []).ToArray(),
        requireStable, group.MemberId, group.MemberEpoch);

    /// <summary>The response about one group of a list.</summary>
    public OffsetFetchResponse.OffsetFetchResponseGroup Group(OffsetResult answer, OffsetFetchRequest.OffsetFetchRequestGroup group)
    {
        var response = new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = group.GroupId, ErrorCode = answer.Error };
        if (answer.Error != ErrorCode.None)
        {
            return response;
        }

        if (group.Topics is { } asked)
        {
            using var found = answer.Partitions.GetEnumerator();
            response.Topics.AddRange(asked.Select(t => Topic(t.Name, t.TopicId, NameOf(t) is null
                ? [.. t.PartitionIndexes.Select(p => new OffsetFound(new TopicPartition("", p), null, ErrorCode.UnknownTopicId))]
                : Take(found, t.PartitionIndexes.Count))));
            return response;
        }

        foreach (var topic in answer.Partitions.GroupBy(f => f.Partition.Topic))
        {
            var id = version >= TopicIdVersion && image.TryTopic(topic.Key, out var known) ? known.Id : Uuid.Zero;
            if (version < TopicIdVersion || id != Uuid.Zero)
            {
                response.Topics.Add(Topic(topic.Key, id, [.. topic]));
            }
        }

        return response;
    }

    private string? NameOf(OffsetFetchRequest.OffsetFetchRequestTopics topic) =>
        version < TopicIdVersion ? topic.Name : image.TryTopic(topic.TopicId, out var known) ? known.Name : null;

    private static OffsetFetchResponse.OffsetFetchResponseTopics Topic(string name, Uuid id, List<OffsetFound> found) => new()
    {
        Name = name,
        TopicId = id,
        Partitions = [.. found.Select(f => new OffsetFetchResponse.OffsetFetchResponsePartitions
        {
            PartitionIndex = f.Partition.Partition,
            CommittedOffset = f.Offset?.Offset ?? -1,
            CommittedLeaderEpoch = f.Offset?.LeaderEpoch ?? -1,
            Metadata = f.Offset?.Metadata ?? "",
            ErrorCode = f.Error,
        })],
    };

    private static OffsetFetchResponse.OffsetFetchResponsePartition OldPartition(OffsetFound found) => new()
    {
        PartitionIndex = found.Partition.Partition,
        CommittedOffset = found.Offset?.Offset ?? -1,
        CommittedLeaderEpoch = found.Offset?.LeaderEpoch ?? -1,
        Metadata = found.Offset?.Metadata ?? "",
        ErrorCode = found.Error,
    };

    /// <summary>Cuts the responses, which come in the order asked, back into topics.</summary>
    private static IEnumerable<(string Name, IEnumerable<OffsetFound> Found)> InOrder(OffsetResult answer, IEnumerable<(string Name, int Count)> asked)
    {
        using var found = answer.Partitions.GetEnumerator();
        foreach (var (name, count) in asked)
        {
            yield return (name, Take(found, count));
        }
    }

    private static List<OffsetFound> Take(IEnumerator<OffsetFound> found, int count)
    {
        var taken = new List<OffsetFound>(count);
        while (taken.Count < count && found.MoveNext())
        {
            taken.Add(found.Current);
        }

        return taken;
    }
}
