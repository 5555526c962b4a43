using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Changes feature levels (KIP-584, KIP-1022). v1 kinds of change and validation alone; the error stands at the top in every version.</summary>
internal sealed class UpdateFeaturesApi(ClusterController controller) : IApi<UpdateFeaturesRequest, UpdateFeaturesResponse>
{
    public ValueTask<UpdateFeaturesResponse> HandleAsync(UpdateFeaturesRequest request, RequestContext context) => controller.UpdateFeaturesAsync(request);
}
