using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Found = Ouzel.Protocol.Messages.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;

namespace Ouzel.Broker.Apis;

/// <summary>Topics in order of name, page by page (KIP-966), with the replicas that may still lead. An empty list means all topics.</summary>
/// <remarks>
/// A cursor is a place in that order, not a topic: paging over all topics goes on behind it whether its topic is still there or not. With a list of topics
/// Kafka asks that the list names the cursor's topic, whether it exists or not.
/// </remarks>
internal sealed class DescribeTopicPartitionsApi(MetadataCache metadata, int partitionsMax)
    : IApi<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>
{
    private SortedNames _sorted = new(ClusterImage.Empty.Topics, []);

    public async ValueTask<DescribeTopicPartitionsResponse> HandleAsync(DescribeTopicPartitionsRequest request, RequestContext context)
    {
        var image = metadata.Current;
        var cursor = request.Cursor;
        var turns = new Turns(Turns.LookedUp);
        if (turns.IsOver(request.Topics.Count > 0 ? request.Topics.Count : _sorted.Topics == image.Topics ? 0 : image.Topics.Count))
        {
            await Task.Yield(); // to sort them
        }

        var asked = request.Topics.Count > 0 ? Sorted(request.Topics.Select(t => t.Name).Distinct(StringComparer.Ordinal)) : AllOf(image);
        var at = cursor is null ? 0 : Array.BinarySearch(asked, cursor.TopicName, StringComparer.Ordinal);
        if (cursor is not null && (cursor.PartitionIndex < 0 || (at < 0 && request.Topics.Count > 0)))
        {
            return new() { Topics = [.. request.Topics.Select(t => Unknown(t.Name, ErrorCode.InvalidRequest))] };
        }

        var response = new DescribeTopicPartitionsResponse();
        // A limit that makes no sense still moves on, one partition at a time.
        var left = Math.Clamp(request.ResponsePartitionLimit, 1, partitionsMax);
        for (at = at < 0 ? ~at : at; at < asked.Length; at++)
        {
            var name = asked[at];
            if (turns.IsOver())
            {
                await Task.Yield();
            }

            // Of topics that it may not describe, a client that asks for all is not told, and no cursor names them; that it named one, it knows.
            if (request.Topics.Count == 0 && !context.May(AclOperation.Describe, ResourceType.Topic, name))
            {
                continue;
            }

            if (left == 0)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = 0 };
                break;
            }

            if (!TryFind(image, name, context, out var topic, out var refusal))
            {
                response.Topics.Add(refusal);
                continue;
            }

            var first = cursor is not null && cursor.TopicName == name ? cursor.PartitionIndex : 0;
            var end = (int)Math.Min((long)first + left, topic.Partitions.Length);
            response.Topics.Add(Describe(image, topic, first, end, AuthorizedOperations.OfTopic(context, name)));
            left -= Math.Max(0, end - first);
            if (end < topic.Partitions.Length)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = end };
                break;
            }
        }

        return response;
    }

    private static bool TryFind(
        ClusterImage image, string name, RequestContext context, [NotNullWhen(true)] out TopicImage? topic, [NotNullWhen(false)] out Found? refusal)
    {
        (topic, refusal) = (null, null);
        if (!context.May(AclOperation.Describe, ResourceType.Topic, name))
        {
            refusal = new() { Name = name, ErrorCode = ErrorCode.TopicAuthorizationFailed };
        }
        else if (!image.TryTopic(name, out topic))
        {
            refusal = Unknown(name, TopicNames.Check(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException);

            // What one may do with a topic does not depend on its being there.
            refusal.TopicAuthorizedOperations = AuthorizedOperations.OfTopic(context, name);
        }

        return topic is not null;
    }

    /// <summary>Sorted once for all pages, as long as no topic comes or goes.</summary>
    private string[] AllOf(ClusterImage image)
    {
        var sorted = Volatile.Read(ref _sorted);
        if (sorted.Topics != image.Topics)
        {
            sorted = new SortedNames(image.Topics, Sorted(image.Topics.Keys));
            Volatile.Write(ref _sorted, sorted);
        }

        return sorted.Names;
    }

    private static string[] Sorted(IEnumerable<string> names)
    {
        string[] sorted = [.. names];
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }

    private static Found Unknown(string name, ErrorCode code) => new()
    {
        Name = name,
        ErrorCode = code,
        IsInternal = InternalTopicNames.IsInternal(name),
    };

    private static Found Describe(ClusterImage image, TopicImage topic, int first, int end, int authorizedOperations)
    {
        var described = new Found
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = InternalTopicNames.IsInternal(topic.Name),
            TopicAuthorizedOperations = authorizedOperations,
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

    private sealed record SortedNames(ImmutableDictionary<string, TopicImage> Topics, string[] Names);
}
