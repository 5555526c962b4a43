using Ouzel.Broker.Groups;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Reads groups' positions.</summary>
/// <remarks>v2 null topics mean all, error on top. v5 leader epoch. v7 stable offsets only (KIP-447). v8 several groups. v9 members. v10 topic ids.</remarks>
internal sealed class OffsetFetchApi(GroupCoordinator groups) : IApi<OffsetFetchRequest, OffsetFetchResponse>
{
    public ValueTask<OffsetFetchResponse> HandleAsync(OffsetFetchRequest request, RequestContext context) =>
        groups.OffsetFetchAsync(request, GroupRequests.ContextOf(context));
}
