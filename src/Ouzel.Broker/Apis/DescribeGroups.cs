using Ouzel.Broker.Groups;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Shows classic groups with their members.</summary>
/// <remarks>v3 the operations allowed. v4 static members. v6 an unknown group is an error (KIP-1043). Groups of other kinds are unknown here.</remarks>
internal sealed class DescribeGroupsApi(GroupCoordinator groups, MemoryBudget memory) : IApi<DescribeGroupsRequest, DescribeGroupsResponse>
{
    public ValueTask<DescribeGroupsResponse> HandleAsync(DescribeGroupsRequest request, RequestContext context) =>
        groups.DescribeGroupsAsync(request, GroupRequests.ContextOf(context), new ResponseCharge(memory, context));
}
