using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>
/// Version 0. Forgets a controller that will not come back (KIP-1312), such as one of a cluster that this node is what remains of.
/// This node is the active controller and cannot forget itself: its own registration says where it is reached.
/// </summary>
internal sealed class UnregisterControllerApi(ClusterNode cluster) : IApi<UnregisterControllerRequest, UnregisterControllerResponse>
{
    public ValueTask<UnregisterControllerResponse> HandleAsync(UnregisterControllerRequest request, RequestContext context) => !context.MayCluster(AclOperation.Alter)
        ? new(new UnregisterControllerResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed, ErrorMessage = Authorizer.Denied })
        : request.ControllerId == cluster.NodeId
        ? new(new UnregisterControllerResponse { ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = $"Controller {request.ControllerId} is this node, which is the active one" })
        : cluster.Controller.UnregisterControllerAsync(request.ControllerId);
}
