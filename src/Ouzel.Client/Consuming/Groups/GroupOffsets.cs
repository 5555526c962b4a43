using Ouzel.Client.Consuming.Fetching;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Consuming.Groups;

/// <summary>The offsets that a group keeps with its coordinator. Each call is one attempt.</summary>
internal sealed class GroupOffsets(OuzelClient client, GroupLink link) : ICommittedOffsets
{
    /// <summary>From here on topics go by their ids.</summary>
    private const short ByIdFrom = 10;

    /// <summary>From here on one request asks for several groups.</summary>
    private const short BatchedFrom = 8;

    /// <summary>From here on an offset of an open transaction can be waited for.</summary>
    private const short StableFrom = 7;

    private const short StaticCommitFrom = 7;

    /// <summary>From here on a response has an error for the whole of it.</summary>
    private const short ReadLowest = 2;

    /// <summary>Stores offsets.</summary>
    /// <returns>An error for each.</returns>
    /// <exception cref="KafkaException">The coordinator cannot be asked.</exception>
    public async Task<Dictionary<TopicPartition, ErrorCode>> CommitAsync(IReadOnlyCollection<TopicPartitionOffset> offsets, MemberIdentity identity, CancellationToken cancellation)
    {
        var connection = await link.OpenAsync(cancellation);
        var isStatic = link.InstanceId is not null && identity.Generation >= 0;
        var ids = Ids(offsets.Select(o => o.Partition.Topic));
        var version = connection.Served.Choose<OffsetCommitResponse>(isStatic ? StaticCommitFrom : (short)1, ids is null ? (short)(ByIdFrom - 1) : short.MaxValue);
        var request = new OffsetCommitRequest
        {
            GroupId = link.GroupId,
            GenerationIdOrMemberEpoch = identity.Generation,
            MemberId = identity.MemberId,
            GroupInstanceId = isStatic ? link.InstanceId : null,
        };
        foreach (var topic in offsets.GroupBy(o => o.Partition.Topic))
        {
            request.Topics.Add(new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic.Key,
                TopicId = ids?[topic.Key] ?? default,
                Partitions = [.. topic.Select(o => new OffsetCommitRequest.OffsetCommitRequestPartition
                {
                    PartitionIndex = o.Partition.Partition,
                    CommittedOffset = o.Offset,
                    CommittedLeaderEpoch = o.LeaderEpoch,
                    CommittedMetadata = o.Metadata ?? "",
                })],
            });
        }

        var response = await connection.CallAsync(request, version, client.Options.RequestTimeoutMs, cancellation);
        var errors = new Dictionary<TopicPartition, ErrorCode>();
        foreach (var topic in response.Topics)
        {
            var name = NameOf(version, topic.Name, topic.TopicId, ids);
            foreach (var partition in topic.Partitions)
            {
                errors[new TopicPartition(name, partition.PartitionIndex)] = partition.ErrorCode;
                link.OnError(partition.ErrorCode);
            }
        }

        return errors;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<TopicPartition, StoredOffset>> ReadAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation)
    {
        var connection = await link.OpenAsync(cancellation);
        var ids = Ids(partitions.Select(p => p.Topic));
        var version = connection.Served.Choose<OffsetFetchResponse>(ReadLowest, ids is null ? (short)(ByIdFrom - 1) : short.MaxValue);
        var request = new OffsetFetchRequest { RequireStable = version >= StableFrom };
        var topics = partitions.GroupBy(p => p.Topic);
        if (version >= BatchedFrom)
        {
            request.Groups =
            [
                new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = link.GroupId,
                    Topics = [.. topics.Select(t => new OffsetFetchRequest.OffsetFetchRequestTopics
                    {
                        Name = t.Key,
                        TopicId = ids?[t.Key] ?? default,
                        PartitionIndexes = [.. t.Select(p => p.Partition)],
                    })],
                },
            ];
        }
        else
        {
            request.GroupId = link.GroupId;
            request.Topics = [.. topics.Select(t => new OffsetFetchRequest.OffsetFetchRequestTopic { Name = t.Key, PartitionIndexes = [.. t.Select(p => p.Partition)] })];
        }

        var response = await connection.CallAsync(request, version, client.Options.RequestTimeoutMs, cancellation);
        var error = version >= BatchedFrom ? (response.Groups.Count == 1 ? response.Groups[0].ErrorCode : ErrorCode.UnknownServerError) : response.ErrorCode;
        if (error != ErrorCode.None)
        {
            link.OnError(error);
            throw new KafkaException(error, $"What group {link.GroupId} committed cannot be read");
        }

        return version >= BatchedFrom ? Read(response.Groups[0], version, ids) : Read(response);
    }

    private static Dictionary<TopicPartition, StoredOffset> Read(OffsetFetchResponse response) =>
        response.Topics.SelectMany(t => t.Partitions.Select(p => (t.Name, Offset: p))).ToDictionary(
            p => new TopicPartition(p.Name, p.Offset.PartitionIndex),
            p => new StoredOffset(p.Offset.CommittedOffset, p.Offset.CommittedLeaderEpoch, p.Offset.Metadata, p.Offset.ErrorCode));

    private static Dictionary<TopicPartition, StoredOffset> Read(OffsetFetchResponse.OffsetFetchResponseGroup group, short version, Dictionary<string, Uuid>? ids) =>
        group.Topics.SelectMany(t => t.Partitions.Select(p => (Name: NameOf(version, t.Name, t.TopicId, ids), Offset: p))).ToDictionary(
            p => new TopicPartition(p.Name, p.Offset.PartitionIndex),
            p => new StoredOffset(p.Offset.CommittedOffset, p.Offset.CommittedLeaderEpoch, p.Offset.Metadata, p.Offset.ErrorCode));

    /// <summary>The topics' ids; null unless all are known.</summary>
    private Dictionary<string, Uuid>? Ids(IEnumerable<string> topics)
    {
        var cluster = client.Metadata.Current;
        var ids = new Dictionary<string, Uuid>(StringComparer.Ordinal);
        foreach (var topic in topics)
        {
            if (!cluster.Topics.TryGetValue(topic, out var known) || known.Id == Uuid.Zero)
            {
                return null;
            }

            ids[topic] = known.Id;
        }

        return ids;
    }

    private static string NameOf(short version, string name, Uuid id, Dictionary<string, Uuid>? ids) =>
        version >= ByIdFrom ? ids!.FirstOrDefault(i => i.Value == id).Key ?? "" : name;
}
