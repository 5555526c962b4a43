using Ouzel.Broker.Configs;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Stores a group's positions.</summary>
/// <remarks>
/// v0 and v1 are of old clients: v1 with a time of each commit. v2-4 for how long. v6 leader epoch. v7 static members. v10 topic ids (KIP-848).
/// Version 0 once stored in ZooKeeper; here it is a version 1 without a member. Who speaks it knows no coordinator, so that it makes the topic as FindCoordinator does.
/// </remarks>
/// <param name="groups">Who decides.</param>
/// <param name="ensureTopic">Makes an internal topic; false when that cannot be done now.</param>
internal sealed class OffsetCommitApi(GroupCoordinator groups, Func<string, ValueTask<bool>> ensureTopic) : IApi<OffsetCommitRequest, OffsetCommitResponse>
{
    public async ValueTask<OffsetCommitResponse> HandleAsync(OffsetCommitRequest request, RequestContext context)
    {
        if (context.Check(AclOperation.Read, ResourceType.Group, request.GroupId) is var denial and not ErrorCode.None)
        {
            return Denied(request, denial);
        }

        if (context.ApiVersion == 0)
        {
            // Where it cannot be made the response says so: there is no coordinator.
            await ensureTopic(InternalTopicNames.ConsumerOffsets);
        }

        return await groups.OffsetCommitAsync(request, GroupRequests.ContextOf(context));
    }

    /// <summary>An error of the group can only stand at each partition.</summary>
    private static OffsetCommitResponse Denied(OffsetCommitRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics.Select(t => new OffsetCommitResponse.OffsetCommitResponseTopic
        {
            Name = t.Name,
            TopicId = t.TopicId,
            Partitions = [.. t.Partitions.Select(p => new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = p.PartitionIndex, ErrorCode = error })],
        })],
    };
}
