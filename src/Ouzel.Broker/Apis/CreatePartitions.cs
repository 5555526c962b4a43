using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Gives topics more partitions (KIP-195). All versions say the same.</summary>
internal sealed class CreatePartitionsApi(ClusterController controller) : IApi<CreatePartitionsRequest, CreatePartitionsResponse>
{
    public ValueTask<CreatePartitionsResponse> HandleAsync(CreatePartitionsRequest request, RequestContext context) =>
        controller.CreatePartitionsAsync(request, name => context.May(AclOperation.Alter, ResourceType.Topic, name));
}
