using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Forgets chosen positions of a group (KIP-496).</summary>
internal sealed class OffsetDeleteApi(GroupCoordinator groups) : IApi<OffsetDeleteRequest, OffsetDeleteResponse>
{
    public ValueTask<OffsetDeleteResponse> HandleAsync(OffsetDeleteRequest request, RequestContext context) => groups.OffsetDeleteAsync(request);
}
