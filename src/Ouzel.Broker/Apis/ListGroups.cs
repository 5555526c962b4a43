using Ouzel.Broker.Groups;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Lists the groups that this node coordinates.</summary>
/// <remarks>v4 states and their filter (KIP-518). v5 types and their filter (KIP-848).</remarks>
internal sealed class ListGroupsApi(GroupCoordinator groups, MemoryBudget memory) : IApi<ListGroupsRequest, ListGroupsResponse>
{
    public async ValueTask<ListGroupsResponse> HandleAsync(ListGroupsRequest request, RequestContext context)
    {
        var response = await groups.ListGroupsAsync(request, new ResponseCharge(memory, context));
        if (!context.MayCluster(AclOperation.Describe))
        {
            response.Groups.RemoveAll(g => !context.May(AclOperation.Describe, ResourceType.Group, g.GroupId));
        }

        return response;
    }
}
