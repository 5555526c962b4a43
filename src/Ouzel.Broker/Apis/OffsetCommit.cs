using Ouzel.Broker.Groups;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Stores a group's positions.</summary>
/// <remarks>
/// v0 and v1 are of old clients: v1 with a time of each commit. v2-4 for how long. v6 leader epoch. v7 static members. v10 topic ids (KIP-848).
/// Version 0 once stored in ZooKeeper; here it is a version 1 without a member.
/// </remarks>
internal sealed class OffsetCommitApi(GroupCoordinator groups) : IApi<OffsetCommitRequest, OffsetCommitResponse>
{
    public ValueTask<OffsetCommitResponse> HandleAsync(OffsetCommitRequest request, RequestContext context) =>
        groups.OffsetCommitAsync(request, GroupRequests.ContextOf(context));
}
