using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Reads groups' positions.</summary>
/// <remarks>
/// v2 null topics mean all, error on top. v5 leader epoch. v7 stable offsets only (KIP-447). v8 several groups. v9 members. v10 topic ids.
/// Who speaks version 0 knows no coordinator, so that it makes the topic as FindCoordinator does.
/// </remarks>
/// <param name="groups">Who decides.</param>
/// <param name="metadata">Which ids stand for which topics.</param>
/// <param name="memory">What the response is taken from.</param>
/// <param name="ensureTopic">Makes an internal topic; false when that cannot be done now.</param>
internal sealed class OffsetFetchApi(GroupCoordinator groups, MetadataCache metadata, MemoryBudget memory, Func<string, ValueTask<bool>> ensureTopic) : IApi<OffsetFetchRequest, OffsetFetchResponse>
{
    private const short TopicIdsFrom = 10;

    public async ValueTask<OffsetFetchResponse> HandleAsync(OffsetFetchRequest request, RequestContext context)
    {
        if (context.ApiVersion == 0 && Denial(context, request.GroupId) == ErrorCode.None)
        {
            // Where it cannot be made the response says so: there is no coordinator.
            await ensureTopic(InternalTopicNames.ConsumerOffsets);
        }

        if (context.IsUnrestricted)
        {
            return await groups.OffsetFetchAsync(request, GroupRequests.ContextOf(context), new ResponseCharge(memory, context));
        }

        return context.ApiVersion >= OffsetFetchShapes.GroupsVersion ? await FetchAllowedGroupsAsync(request, context) : await FetchAllowedAsync(request, context);
    }

    private async ValueTask<OffsetFetchResponse> FetchAllowedAsync(OffsetFetchRequest request, RequestContext context)
    {
        if (Denial(context, request.GroupId) is var denial and not ErrorCode.None)
        {
            return OffsetFetchShapes.OneGroup(OffsetResult.Failed(denial), request, context.ApiVersion);
        }

        var response = await groups.OffsetFetchAsync(request, GroupRequests.ContextOf(context), new ResponseCharge(memory, context));
        Keep(response.Topics, request.Topics is null, topic => MayDescribe(context, topic.Name), topic =>
            topic.Partitions = [.. topic.Partitions.Select(p => new OffsetFetchResponse.OffsetFetchResponsePartition
            {
                PartitionIndex = p.PartitionIndex, CommittedOffset = -1, CommittedLeaderEpoch = -1, Metadata = "", ErrorCode = ErrorCode.TopicAuthorizationFailed,
            })]);
        return response;
    }

    private async ValueTask<OffsetFetchResponse> FetchAllowedGroupsAsync(OffsetFetchRequest request, RequestContext context)
    {
        var image = metadata.Current; // of before: what is deleted meanwhile keeps its name, and with it the question
        var denied = request.Groups.TakeDenied(g => Denial(context, g.GroupId) == ErrorCode.None);
        var response = await groups.OffsetFetchAsync(request, GroupRequests.ContextOf(context), new ResponseCharge(memory, context));
        for (var i = 0; i < response.Groups.Count; i++)
        {
            Keep(response.Groups[i].Topics, request.Groups[i].Topics is null, topic => MaySee(context, image, topic), topic =>
                topic.Partitions = [.. topic.Partitions.Select(p => new OffsetFetchResponse.OffsetFetchResponsePartitions
                {
                    PartitionIndex = p.PartitionIndex, CommittedOffset = -1, CommittedLeaderEpoch = -1, Metadata = "", ErrorCode = ErrorCode.TopicAuthorizationFailed,
                })]);
        }

        response.Groups.AddRange(denied.Select(g => new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = g.GroupId, ErrorCode = Denial(context, g.GroupId) }));
        return response;
    }

    /// <summary>Whoever asked for all topics is not told of those that are denied; whoever named them is told of the denial.</summary>
    private static void Keep<T>(List<T> topics, bool isAll, Predicate<T> isAllowed, Action<T> deny)
    {
        if (isAll)
        {
            topics.RemoveAll(topic => !isAllowed(topic));
            return;
        }

        topics.FindAll(topic => !isAllowed(topic)).ForEach(deny);
    }

    /// <summary>An id of which nobody knows the name is answered so, but never with a position.</summary>
    private static bool MaySee(RequestContext context, ClusterImage image, OffsetFetchResponse.OffsetFetchResponseTopics topic) =>
        context.ApiVersion < TopicIdsFrom ? MayDescribe(context, topic.Name)
        : image.TryTopic(topic.TopicId, out var known) ? MayDescribe(context, known.Name)
        : topic.Partitions.TrueForAll(p => p.CommittedOffset < 0);

    private static ErrorCode Denial(RequestContext context, string groupId) => context.Check(AclOperation.Describe, ResourceType.Group, groupId);

    private static bool MayDescribe(RequestContext context, string topic) => context.May(AclOperation.Describe, ResourceType.Topic, topic);
}
