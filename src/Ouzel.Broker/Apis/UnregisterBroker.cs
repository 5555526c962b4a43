using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Forgets a broker that will not come back. This node cannot forget itself: it would go on serving as nobody.</summary>
internal sealed class UnregisterBrokerApi(ClusterNode cluster) : IApi<UnregisterBrokerRequest, UnregisterBrokerResponse>
{
    public ValueTask<UnregisterBrokerResponse> HandleAsync(UnregisterBrokerRequest request, RequestContext context) => !context.MayCluster(AclOperation.Alter)
        ? new(new UnregisterBrokerResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed, ErrorMessage = Authorizer.Denied })
        : request.BrokerId == cluster.NodeId
        ? new(new UnregisterBrokerResponse { ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = $"Broker {request.BrokerId} is this node, which is alive" })
        : cluster.Controller.UnregisterBrokerAsync(request.BrokerId);
}
