using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Preferred and, from v1, unclean elections (KIP-460). v0 has no error at the top.</summary>
internal sealed class ElectLeadersApi(ClusterController controller) : IApi<ElectLeadersRequest, ElectLeadersResponse>
{
    public ValueTask<ElectLeadersResponse> HandleAsync(ElectLeadersRequest request, RequestContext context) =>
        context.MayCluster(AclOperation.Alter) ? controller.ElectLeadersAsync(request) : new(Denied(request));

    private static ElectLeadersResponse Denied(ElectLeadersRequest request) => new()
    {
        ErrorCode = ErrorCode.ClusterAuthorizationFailed,
        ReplicaElectionResults = [.. (request.TopicPartitions ?? []).Select(t => new ElectLeadersResponse.ReplicaElectionResult
        {
            Topic = t.Topic,
            PartitionResult = [.. t.Partitions.Select(p => new ElectLeadersResponse.PartitionResult { PartitionId = p, ErrorCode = ErrorCode.ClusterAuthorizationFailed, ErrorMessage = Authorizer.Denied })],
        })],
    };
}
