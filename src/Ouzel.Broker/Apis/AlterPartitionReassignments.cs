using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Moves partitions to other replicas, or takes that back (KIP-455). v1 can refuse to change the number of replicas.</summary>
internal sealed class AlterPartitionReassignmentsApi(ClusterController controller) : IApi<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>
{
    public ValueTask<AlterPartitionReassignmentsResponse> HandleAsync(AlterPartitionReassignmentsRequest request, RequestContext context) =>
        controller.AlterPartitionReassignmentsAsync(request);
}
