using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>A broker's sign of life: it may serve, wants to be left out, or stops. Another epoch than its registration's is stale (77).</summary>
/// <remarks>v1 directories that failed. v2 those that get nothing new (KIP-1066). Served on no listener yet: the node tells itself.</remarks>
internal sealed class BrokerHeartbeatApi(ClusterController controller) : IApi<BrokerHeartbeatRequest, BrokerHeartbeatResponse>
{
    public ValueTask<BrokerHeartbeatResponse> HandleAsync(BrokerHeartbeatRequest request, RequestContext context) =>
        context.MayCluster(AclOperation.ClusterAction)
            ? controller.HeartbeatAsync(request)
            : new(new BrokerHeartbeatResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed });
}
