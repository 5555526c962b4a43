using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Gives topics more partitions (KIP-195). All versions say the same.</summary>
internal sealed class CreatePartitionsApi(ClusterController controller) : IApi<CreatePartitionsRequest, CreatePartitionsResponse>
{
    public ValueTask<CreatePartitionsResponse> HandleAsync(CreatePartitionsRequest request, RequestContext context) =>
        controller.CreatePartitionsAsync(request, static _ => true);
}
