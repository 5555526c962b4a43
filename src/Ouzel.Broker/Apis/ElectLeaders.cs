using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Preferred and, from v1, unclean elections (KIP-460). v0 has no error at the top.</summary>
internal sealed class ElectLeadersApi(ClusterController controller) : IApi<ElectLeadersRequest, ElectLeadersResponse>
{
    public ValueTask<ElectLeadersResponse> HandleAsync(ElectLeadersRequest request, RequestContext context) => controller.ElectLeadersAsync(request);
}
