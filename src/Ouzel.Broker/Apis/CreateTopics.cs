using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>
/// Creates topics; they can be used when the response arrives. v0 neither messages nor validation; v1 both; v4 defaults by -1 (taken in every version);
/// v5 tells counts and settings; v7 the id.
/// </summary>
internal sealed class CreateTopicsApi(ClusterController controller) : IApi<CreateTopicsRequest, CreateTopicsResponse>
{
    public ValueTask<CreateTopicsResponse> HandleAsync(CreateTopicsRequest request, RequestContext context) =>
        controller.CreateTopicsAsync(request, static _ => true);
}
