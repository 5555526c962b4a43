using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Deletes groups that have no members, with their positions (KIP-229). v3 has room for a reason (KIP-1331), which only GROUP_DELETION_FAILED has: null here.</summary>
internal sealed class DeleteGroupsApi(GroupCoordinator groups) : IApi<DeleteGroupsRequest, DeleteGroupsResponse>
{
    public ValueTask<DeleteGroupsResponse> HandleAsync(DeleteGroupsRequest request, RequestContext context) => groups.DeleteGroupsAsync(request);
}
