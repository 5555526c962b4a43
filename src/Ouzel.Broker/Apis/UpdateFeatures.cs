using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Changes feature levels (KIP-584, KIP-1022). v1 kinds of change and validation alone; the error stands at the top in every version.</summary>
internal sealed class UpdateFeaturesApi(ClusterController controller) : IApi<UpdateFeaturesRequest, UpdateFeaturesResponse>
{
    public ValueTask<UpdateFeaturesResponse> HandleAsync(UpdateFeaturesRequest request, RequestContext context) =>
        context.MayCluster(AclOperation.Alter)
            ? controller.UpdateFeaturesAsync(request)
            : new(new UpdateFeaturesResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed, ErrorMessage = Authorizer.Denied });
}
