using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Keeps a member of a classic group and tells it of a rebalance.</summary>
/// <remarks>v3 static members.</remarks>
internal sealed class HeartbeatApi(GroupCoordinator groups) : IApi<HeartbeatRequest, HeartbeatResponse>
{
    public ValueTask<HeartbeatResponse> HandleAsync(HeartbeatRequest request, RequestContext context) =>
        context.Check(AclOperation.Read, ResourceType.Group, request.GroupId) is var error and not ErrorCode.None
            ? new(new HeartbeatResponse { ErrorCode = error })
            : groups.HeartbeatAsync(request);
}
