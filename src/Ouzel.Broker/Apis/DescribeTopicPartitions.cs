using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Topics in order of name, page by page (KIP-966), with the replicas that may still lead. An empty list means all topics.</summary>
internal sealed class DescribeTopicPartitionsApi(MetadataCache metadata, int partitionsMax)
    : IApi<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>
{
    public ValueTask<DescribeTopicPartitionsResponse> HandleAsync(DescribeTopicPartitionsRequest request, RequestContext context) =>
        new(Answer(metadata.Current, request));

    private DescribeTopicPartitionsResponse Answer(ClusterImage image, DescribeTopicPartitionsRequest request)
    {
        var cursor = request.Cursor;
        if (cursor is not null && (cursor.PartitionIndex < 0 || !image.Topics.ContainsKey(cursor.TopicName)))
            return new() { Topics = [.. request.Topics.Select(t => Unknown(t.Name, ErrorCode.InvalidRequest))] };
        var names = request.Topics.Count > 0 ? request.Topics.Select(t => t.Name).Distinct(StringComparer.Ordinal) : image.Topics.Keys;
        if (cursor is not null)
            names = names.Where(name => string.CompareOrdinal(name, cursor.TopicName) >= 0);
        var response = new DescribeTopicPartitionsResponse();
        // A limit that makes no sense still moves on, one partition at a time.
        var left = Math.Clamp(request.ResponsePartitionLimit, 1, partitionsMax);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            if (left == 0)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = 0 };
                break;
            }

            if (!image.TryTopic(name, out var topic))
            {
                var unknown = Unknown(name, TopicNames.Check(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException);
                // What one may do with a topic does not depend on its being there.
                unknown.TopicAuthorizedOperations = AuthorizedOperations.Topic;
                response.Topics.Add(unknown);
                continue;
            }

            var first = cursor is not null && cursor.TopicName == name ? cursor.PartitionIndex : 0;
            var end = (int)Math.Min((long)first + left, topic.Partitions.Length);
            response.Topics.Add(Describe(image, topic, first, end));
            left -= Math.Max(0, end - first);
            if (end < topic.Partitions.Length)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = end };
                break;
            }
        }

        return response;
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Unknown(string name, ErrorCode code) => new()
    {
        Name = name,
        ErrorCode = code,
        IsInternal = InternalTopics.IsInternal(name),
    };

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Describe(ClusterImage image, TopicImage topic, int first, int end)
    {
        var described = new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = InternalTopics.IsInternal(topic.Name),
            TopicAuthorizedOperations = AuthorizedOperations.Topic,
        };
        for (var i = first; i < end; i++)
        {
            var partition = topic.Partitions[i];
            described.Partitions.Add(new()
            {
                PartitionIndex = i,
                ErrorCode = partition.Leader == PartitionImage.NoLeader ? ErrorCode.LeaderNotAvailable : ErrorCode.None,
                LeaderId = partition.Leader,
                LeaderEpoch = partition.LeaderEpoch,
                ReplicaNodes = [.. partition.Replicas],
                IsrNodes = [.. partition.Isr],
                EligibleLeaderReplicas = [.. partition.EligibleLeaders],
                LastKnownElr = [.. partition.LastKnownEligibleLeaders],
                OfflineReplicas = MetadataApi.Offline(image, partition),
            });
        }

        return described;
    }
}
