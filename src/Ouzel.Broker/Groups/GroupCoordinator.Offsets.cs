using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>Offset requests: topics and partitions are looked up first, the group decides about the rest.</summary>
internal sealed partial class GroupCoordinator
{
    private const short TopicIdVersion = 10;

    public async ValueTask<OffsetCommitResponse> OffsetCommitAsync(OffsetCommitRequest request, GroupRequestContext context)
    {
        ClusterImage image = metadata.Current;
        var response = new OffsetCommitResponse();
        var existing = new List<OffsetToCommit>();
        foreach (OffsetCommitRequest.OffsetCommitRequestTopic topic in request.Topics)
        {
            TopicImage? known;
            bool byId = context.Version >= TopicIdVersion;
            bool exists = byId ? image.TryTopic(topic.TopicId, out known) : image.TryTopic(topic.Name, out known);
            var answers = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            response.Topics.Add(answers);
            foreach (OffsetCommitRequest.OffsetCommitRequestPartition partition in topic.Partitions)
            {
                var answer = new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex };
                answers.Partitions.Add(answer);
                if (exists && known!.TryPartition(partition.PartitionIndex, out _))
                {
                    existing.Add(new OffsetToCommit(new TopicPartition(known.Name, partition.PartitionIndex), topic.TopicId, partition, answer));
                }
                else
                {
                    answer.ErrorCode = byId && !exists ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
                }
            }
        }

        return existing.Count == 0 ? response : await RunAsync(
            request.GroupId, (s, now, reply) => s.Commit(request, context, existing, response, now, reply), e => Failed(response, existing, e));
    }

    public async ValueTask<OffsetFetchResponse> OffsetFetchAsync(OffsetFetchRequest request, GroupRequestContext context) =>
        context.Version < OffsetFetchShapes.GroupsVersion
            ? OffsetFetchShapes.OneGroup(await FetchAsync(OffsetFetchShapes.QueryOf(request)), request, context.Version)
            : await FetchGroupsAsync(request, context.Version);

    public async ValueTask<OffsetDeleteResponse> OffsetDeleteAsync(OffsetDeleteRequest request)
    {
        ClusterImage image = metadata.Current;
        var response = new OffsetDeleteResponse();
        var existing = new List<OffsetToDelete>();
        foreach (OffsetDeleteRequest.OffsetDeleteRequestTopic topic in request.Topics)
        {
            var answers = new OffsetDeleteResponse.OffsetDeleteResponseTopic { Name = topic.Name };
            response.Topics.Add(answers);
            foreach (OffsetDeleteRequest.OffsetDeleteRequestPartition partition in topic.Partitions)
            {
                var answer = new OffsetDeleteResponse.OffsetDeleteResponsePartition { PartitionIndex = partition.PartitionIndex };
                answers.Partitions.Add(answer);
                if (image.TryPartition(topic.Name, partition.PartitionIndex, out _))
                {
                    existing.Add(new OffsetToDelete(new TopicPartition(topic.Name, partition.PartitionIndex), answer));
                }
                else
                {
                    answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
                }
            }
        }

        return existing.Count == 0 && request.Topics.Count > 0 ? response : await RunAsync(
            request.GroupId, (s, _, reply) => s.DeleteOffsets(request.GroupId, existing, response, reply), e => new OffsetDeleteResponse { ErrorCode = e });
    }

    private async ValueTask<OffsetFetchResponse> FetchGroupsAsync(OffsetFetchRequest request, short version)
    {
        var shapes = new OffsetFetchShapes(metadata.Current, version);
        Task<OffsetAnswer>[] answers = [.. request.Groups.Select(g => FetchAsync(shapes.QueryOf(g, request.RequireStable)))];
        var response = new OffsetFetchResponse();
        for (int i = 0; i < answers.Length; i++)
        {
            response.Groups.Add(shapes.Group(await answers[i], request.Groups[i]));
        }

        return response;
    }

    private Task<OffsetAnswer> FetchAsync(OffsetQuery query) =>
        RunAsync(query.GroupId, (s, _, reply) => Answer(reply, s.Fetch(query)), OffsetAnswer.Failed);

    private static OffsetCommitResponse Failed(OffsetCommitResponse response, List<OffsetToCommit> existing, ErrorCode error)
    {
        foreach (OffsetToCommit offset in existing)
        {
            offset.Answer.ErrorCode = error;
        }

        return response;
    }
}
