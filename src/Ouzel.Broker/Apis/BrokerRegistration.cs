using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Takes a broker into the cluster, fenced, and gives it its epoch.</summary>
/// <remarks>
/// v1 migration from ZooKeeper, which is not served: such a broker is refused. v2 log directories. v3 the epoch of the run before. v4 features whose lowest level is 0.
/// Served on no listener yet: the node registers with itself.
/// </remarks>
internal sealed class BrokerRegistrationApi(ClusterController controller) : IApi<BrokerRegistrationRequest, BrokerRegistrationResponse>
{
    public ValueTask<BrokerRegistrationResponse> HandleAsync(BrokerRegistrationRequest request, RequestContext context) =>
        !context.MayCluster(AclOperation.ClusterAction) ? new(new BrokerRegistrationResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed, BrokerEpoch = -1 })
        : request.IsMigratingZkBroker ? new(new BrokerRegistrationResponse { ErrorCode = ErrorCode.BrokerIdNotRegistered, BrokerEpoch = -1 })
        : controller.RegisterBrokerAsync(request);
}
