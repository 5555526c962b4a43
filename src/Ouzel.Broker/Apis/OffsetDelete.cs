using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Forgets chosen positions of a group (KIP-496).</summary>
internal sealed class OffsetDeleteApi(GroupCoordinator groups) : IApi<OffsetDeleteRequest, OffsetDeleteResponse>
{
    public ValueTask<OffsetDeleteResponse> HandleAsync(OffsetDeleteRequest request, RequestContext context) =>
        context.Check(AclOperation.Delete, ResourceType.Group, request.GroupId) is var error and not ErrorCode.None
            ? new(new OffsetDeleteResponse { ErrorCode = error })
            : groups.OffsetDeleteAsync(request, GroupRequests.ContextOf(context));
}
