using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Joins a classic group; the response waits for the rebalance.</summary>
/// <remarks>v4 newcomers return with the id they are given (KIP-394). v5 static members (KIP-345). v9 a returning leader may skip the plan (KIP-814).</remarks>
internal sealed class JoinGroupApi(GroupCoordinator groups) : IApi<JoinGroupRequest, JoinGroupResponse>
{
    public ValueTask<JoinGroupResponse> HandleAsync(JoinGroupRequest request, RequestContext context) =>
        context.Check(AclOperation.Read, ResourceType.Group, request.GroupId) is var error and not ErrorCode.None
            ? new(ClassicResponses.JoinError(error, "", context.ApiVersion))
            : groups.JoinGroupAsync(request, GroupRequests.ContextOf(context), context);
}
