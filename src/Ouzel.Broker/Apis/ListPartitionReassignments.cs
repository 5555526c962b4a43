using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Partitions that are being moved (KIP-455); unknown topics and partitions are left out.</summary>
internal sealed class ListPartitionReassignmentsApi(MetadataCache metadata) : IApi<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>
{
    public ValueTask<ListPartitionReassignmentsResponse> HandleAsync(ListPartitionReassignmentsRequest request, RequestContext context) =>
        new(context.MayCluster(AclOperation.Describe) ? Respond(metadata.Current, request) : Denied(request));

    private static ListPartitionReassignmentsResponse Denied(ListPartitionReassignmentsRequest request) => new()
    {
        ErrorCode = ErrorCode.ClusterAuthorizationFailed,
        ErrorMessage = Authorizer.Denied,
        Topics = [.. (request.Topics ?? []).Select(t => new ListPartitionReassignmentsResponse.OngoingTopicReassignment
        {
            Name = t.Name,
            Partitions = [.. t.PartitionIndexes.Select(p => new ListPartitionReassignmentsResponse.OngoingPartitionReassignment { PartitionIndex = p })],
        })],
    };

    private static ListPartitionReassignmentsResponse Respond(ClusterImage image, ListPartitionReassignmentsRequest request)
    {
        var response = new ListPartitionReassignmentsResponse { ErrorMessage = null };
        var asked = request.Topics?.Select(t => (t.Name, Partitions: (IEnumerable<int>)t.PartitionIndexes))
            ?? image.Topics.Values.Select(t => (t.Name, Enumerable.Range(0, t.Partitions.Length)));
        foreach (var (name, partitions) in asked)
        {
            var topic = new ListPartitionReassignmentsResponse.OngoingTopicReassignment { Name = name };
            foreach (var index in partitions)
            {
                if (image.TryPartition(name, index, out var partition) && partition.IsReassigning)
                {
                    topic.Partitions.Add(new()
                    {
                        PartitionIndex = index,
                        Replicas = [.. partition.Replicas],
                        AddingReplicas = [.. partition.AddingReplicas],
                        RemovingReplicas = [.. partition.RemovingReplicas],
                    });
                }
            }

            if (topic.Partitions.Count > 0)
            {
                response.Topics.Add(topic);
            }
        }

        return response;
    }
}
