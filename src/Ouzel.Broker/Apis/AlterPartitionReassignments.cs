using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Moves partitions to other replicas, or takes that back (KIP-455). v1 can refuse to change the number of replicas.</summary>
internal sealed class AlterPartitionReassignmentsApi(ClusterController controller) : IApi<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>
{
    public ValueTask<AlterPartitionReassignmentsResponse> HandleAsync(AlterPartitionReassignmentsRequest request, RequestContext context) =>
        context.MayCluster(AclOperation.Alter) ? controller.AlterPartitionReassignmentsAsync(request) : new(Denied(request));

    private static AlterPartitionReassignmentsResponse Denied(AlterPartitionReassignmentsRequest request) => new()
    {
        ErrorCode = ErrorCode.ClusterAuthorizationFailed,
        ErrorMessage = Authorizer.Denied,
        Responses = [.. request.Topics.Select(t => new AlterPartitionReassignmentsResponse.ReassignableTopicResponse
        {
            Name = t.Name,
            Partitions = [.. t.Partitions.Select(p => new AlterPartitionReassignmentsResponse.ReassignablePartitionResponse
            {
                PartitionIndex = p.PartitionIndex, ErrorCode = ErrorCode.ClusterAuthorizationFailed, ErrorMessage = Authorizer.Denied,
            })],
        })],
    };
}
