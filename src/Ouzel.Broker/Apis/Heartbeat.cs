using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Keeps a member of a classic group and tells it of a rebalance.</summary>
/// <remarks>v3 static members.</remarks>
internal sealed class HeartbeatApi(GroupCoordinator groups) : IApi<HeartbeatRequest, HeartbeatResponse>
{
    public ValueTask<HeartbeatResponse> HandleAsync(HeartbeatRequest request, RequestContext context) => groups.HeartbeatAsync(request);
}
