using Ouzel.Broker.Cluster;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>Offset requests: topics and partitions are looked up first, the group decides about the rest.</summary>
internal sealed partial class GroupCoordinator
{
    private const short TopicIdVersion = 10;

    /// <summary>Offsets whose metadata, at Kafka's default of at most 4 KiB each, is not worth a look before.</summary>
    private const int FewPartitions = 4;

    public async ValueTask<OffsetCommitResponse> OffsetCommitAsync(OffsetCommitRequest request, GroupRequestContext context)
    {
        // As Kafka does: first what does not exist, a topic named twice in one place; behind it what the group decides about.
        var image = metadata.Current;
        var byId = context.Version >= TopicIdVersion;
        var unknown = new OrderedDictionary<(string, Uuid), OffsetCommitResponse.OffsetCommitResponseTopic>();
        var decided = new List<OffsetCommitResponse.OffsetCommitResponseTopic>();
        var existing = new List<OffsetToCommit>();
        foreach (var topic in request.Topics)
        {
            var exists = byId ? image.TryTopic(topic.TopicId, out var known) : image.TryTopic(topic.Name, out known);
            var answers = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            var isDenied = (byId ? known?.Name : topic.Name) is { } name && !context.MayRead(name);
            if (!exists || isDenied)
            {
                PlaceOf(unknown, (topic.Name, topic.TopicId), answers);
            }

            foreach (var partition in topic.Partitions)
            {
                var answer = new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex };
                if (!isDenied && exists && known!.TryPartition(partition.PartitionIndex, out _))
                {
                    existing.Add(new OffsetToCommit(new TopicPartition(known.Name, partition.PartitionIndex), topic.TopicId, partition, answer));
                    answers.Partitions.Add(answer);
                    continue;
                }

                answer.ErrorCode = isDenied ? ErrorCode.TopicAuthorizationFailed : byId && !exists ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
                PlaceOf(unknown, (topic.Name, topic.TopicId), new() { Name = topic.Name, TopicId = topic.TopicId }).Partitions.Add(answer);
            }

            if (!isDenied && exists && answers.Partitions.Count > 0)
            {
                decided.Add(answers);
            }
        }

        var response = new OffsetCommitResponse();
        if (unknown.Count == 0)
        {
            response.Topics.AddRange(decided);
        }
        else
        {
            foreach (var topic in decided)
            {
                var place = PlaceOf(unknown, (topic.Name, topic.TopicId), topic);
                if (place != topic)
                {
                    place.Partitions.AddRange(topic.Partitions);
                }
            }

            response.Topics.AddRange(unknown.Values);
        }

        return existing.Count == 0 ? response : await RunAsync(
            request.GroupId, (s, now, reply) => s.Commit(request, context, existing, response, now, reply), e => Failed(response, existing, e));
    }

    /// <param name="request">Whose offsets.</param>
    /// <param name="context">Whose version.</param>
    /// <param name="charge">What the response is taken from; null for nothing.</param>
    public async ValueTask<OffsetFetchResponse> OffsetFetchAsync(OffsetFetchRequest request, GroupRequestContext context, ResponseCharge? charge = null)
    {
        if (context.Version >= OffsetFetchShapes.GroupsVersion)
        {
            return await FetchGroupsAsync(request, context.Version, charge);
        }

        var query = OffsetFetchShapes.QueryOf(request);
        var found = await TryChargeAsync([query], charge) ? await FetchAsync(query) : OffsetResult.Failed(ErrorCode.CoordinatorNotAvailable);
        return OffsetFetchShapes.OneGroup(found, request, context.Version);
    }

    public async ValueTask<OffsetDeleteResponse> OffsetDeleteAsync(OffsetDeleteRequest request, GroupRequestContext context)
    {
        // The same order as for commits. The group is asked in any case: whether it exists is told even when none of the partitions does.
        var image = metadata.Current;
        var unknown = new OrderedDictionary<string, OffsetDeleteResponse.OffsetDeleteResponseTopic>();
        var decided = new List<OffsetDeleteResponse.OffsetDeleteResponseTopic>();
        var existing = new List<OffsetToDelete>();
        foreach (var topic in request.Topics)
        {
            var answers = new OffsetDeleteResponse.OffsetDeleteResponseTopic { Name = topic.Name };
            var exists = image.TryTopic(topic.Name, out _);
            var isDenied = !context.MayRead(topic.Name);
            if (!exists || isDenied)
            {
                PlaceOf(unknown, topic.Name, answers);
            }

            foreach (var partition in topic.Partitions)
            {
                var answer = new OffsetDeleteResponse.OffsetDeleteResponsePartition { PartitionIndex = partition.PartitionIndex };
                if (!isDenied && image.TryPartition(topic.Name, partition.PartitionIndex, out _))
                {
                    existing.Add(new OffsetToDelete(new TopicPartition(topic.Name, partition.PartitionIndex), answer));
                    answers.Partitions.Add(answer);
                    continue;
                }

                answer.ErrorCode = isDenied ? ErrorCode.TopicAuthorizationFailed : ErrorCode.UnknownTopicOrPartition;
                PlaceOf(unknown, topic.Name, new() { Name = topic.Name }).Partitions.Add(answer);
            }

            if (!isDenied && exists && answers.Partitions.Count > 0)
            {
                decided.Add(answers);
            }
        }

        var response = new OffsetDeleteResponse();
        foreach (var topic in decided)
        {
            var place = PlaceOf(unknown, topic.Name, topic);
            if (place != topic)
            {
                place.Partitions.AddRange(topic.Partitions);
            }
        }

        response.Topics.AddRange(unknown.Values);
        return await RunAsync(
            request.GroupId, (s, _, reply) => s.DeleteOffsets(request.GroupId, existing, response, reply), e => new OffsetDeleteResponse { ErrorCode = e });
    }

    /// <summary>The topic's place in a response: the one it has, or else this new one.</summary>
    private static TTopic PlaceOf<TKey, TTopic>(OrderedDictionary<TKey, TTopic> topics, TKey key, TTopic topic)
        where TKey : notnull
    {
        if (topics.TryGetValue(key, out var place))
        {
            return place;
        }

        topics.Add(key, topic);
        return topic;
    }

    private async ValueTask<OffsetFetchResponse> FetchGroupsAsync(OffsetFetchRequest request, short version, ResponseCharge? charge)
    {
        var shapes = new OffsetFetchShapes(metadata.Current, version);
        OffsetQuery[] queries = [.. request.Groups.Select(g => shapes.QueryOf(g, request.RequireStable))];
        var response = new OffsetFetchResponse();
        if (await TryChargeAsync(queries, charge))
        {
            await Coordinator<GroupShard>.EachAsync(queries, FetchAsync, Add);
        }
        else
        {
            Array.ForEach(queries, _ => Add(OffsetResult.Failed(ErrorCode.CoordinatorNotAvailable)));
        }

        return response;

        void Add(OffsetResult found) => response.Groups.Add(shapes.Group(found, request.Groups[response.Groups.Count]));
    }

    /// <summary>A handful of offsets is part of the price of a connection; others are measured first.</summary>
    private async ValueTask<bool> TryChargeAsync(IReadOnlyList<OffsetQuery> queries, ResponseCharge? charge)
    {
        if (charge is null || (queries is [{ Partitions: { Count: <= FewPartitions } }]))
        {
            return true;
        }

        long bytes = 0;
        await Coordinator<GroupShard>.EachAsync(queries, q => RunAsync(q.GroupId, (s, _, reply) => Respond(reply, s.FetchedBytes(q)), _ => 0L), more => bytes += more);
        return await charge.TryTakeAsync(bytes);
    }

    private Task<OffsetResult> FetchAsync(OffsetQuery query) =>
        RunAsync(query.GroupId, (s, _, reply) => Respond(reply, s.Fetch(query)), OffsetResult.Failed);

    private static OffsetCommitResponse Failed(OffsetCommitResponse response, List<OffsetToCommit> existing, ErrorCode error)
    {
        foreach (var offset in existing)
        {
            offset.Result.ErrorCode = error;
        }

        return response;
    }
}
