using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Gives a member its part of the leader's plan; the response waits for the plan.</summary>
/// <remarks>v3 static members. v5 names the protocol (KIP-559).</remarks>
internal sealed class SyncGroupApi(GroupCoordinator groups) : IApi<SyncGroupRequest, SyncGroupResponse>
{
    public ValueTask<SyncGroupResponse> HandleAsync(SyncGroupRequest request, RequestContext context) =>
        context.Check(AclOperation.Read, ResourceType.Group, request.GroupId) is var error and not ErrorCode.None
            ? new(ClassicResponses.SyncError(error))
            : groups.SyncGroupAsync(request, GroupRequests.ContextOf(context), context);
}
