using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Deletes groups that have no members, with their positions (KIP-229). v3 has room for a reason (KIP-1331), which only GROUP_DELETION_FAILED has: null here.</summary>
internal sealed class DeleteGroupsApi(GroupCoordinator groups) : IApi<DeleteGroupsRequest, DeleteGroupsResponse>
{
    public async ValueTask<DeleteGroupsResponse> HandleAsync(DeleteGroupsRequest request, RequestContext context)
    {
        var denied = request.GroupsNames.TakeDenied(g => context.May(AclOperation.Delete, ResourceType.Group, g));
        var response = await groups.DeleteGroupsAsync(request);
        response.Results.AddRange(denied.Distinct(StringComparer.Ordinal).Select(g => new DeleteGroupsResponse.DeletableGroupResult { GroupId = g, ErrorCode = ErrorCode.GroupAuthorizationFailed }));
        return response;
    }
}
