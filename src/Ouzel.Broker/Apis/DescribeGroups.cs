using Ouzel.Broker.Groups;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Shows classic groups with their members.</summary>
/// <remarks>v3 the operations allowed. v4 static members. v6 an unknown group is an error (KIP-1043). Groups of other kinds are unknown here.</remarks>
internal sealed class DescribeGroupsApi(GroupCoordinator groups, MemoryBudget memory) : IApi<DescribeGroupsRequest, DescribeGroupsResponse>
{
    public async ValueTask<DescribeGroupsResponse> HandleAsync(DescribeGroupsRequest request, RequestContext context)
    {
        var denied = request.Groups.TakeDenied(g => context.May(AclOperation.Describe, ResourceType.Group, g));
        var response = await groups.DescribeGroupsAsync(request, GroupRequests.ContextOf(context), new ResponseCharge(memory, context));
        foreach (var group in response.Groups.Where(g => g.AuthorizedOperations != AuthorizedOperations.NotAsked))
        {
            group.AuthorizedOperations = AuthorizedOperations.OfGroup(context, group.GroupId);
        }

        response.Groups.AddRange(denied.Select(g => new DescribeGroupsResponse.DescribedGroup { GroupId = g, ErrorCode = ErrorCode.GroupAuthorizationFailed }));
        return response;
    }
}
