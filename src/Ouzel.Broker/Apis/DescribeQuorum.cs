using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>The voters of the metadata log: on a single node it alone, which leads. v1 times; v2 directory ids, messages and the voters' addresses (KIP-853).</summary>
internal sealed class DescribeQuorumApi(ClusterNode cluster, TimeProvider clock) : IApi<DescribeQuorumRequest, DescribeQuorumResponse>
{
    private const short TimesFrom = 1;
    private const short DirectoriesAndNodesFrom = 2;

    public ValueTask<DescribeQuorumResponse> HandleAsync(DescribeQuorumRequest request, RequestContext context)
    {
        var response = new DescribeQuorumResponse { ErrorMessage = null };
        foreach (var topic in request.Topics)
        {
            var described = new DescribeQuorumResponse.TopicData { TopicName = topic.TopicName };
            foreach (var partition in topic.Partitions)
                described.Partitions.Add(Describe(topic.TopicName, partition.PartitionIndex, context.ApiVersion));
            response.Topics.Add(described);
        }

        if (context.ApiVersion >= DirectoriesAndNodesFrom)
            AddNodes(response);
        return new(response);
    }

    private void AddNodes(DescribeQuorumResponse response)
    {
        foreach (var voter in cluster.Voters?.Voters ?? [])
        {
            response.Nodes.Add(new()
            {
                NodeId = voter.VoterId,
                Listeners = [.. voter.Endpoints.Select(e => new DescribeQuorumResponse.Listener { Name = e.Name, Host = e.Host, Port = e.Port })],
            });
        }
    }

    private DescribeQuorumResponse.PartitionData Describe(string topic, int partition, short version)
    {
        if (topic != TopicNames.ClusterMetadata || partition != 0)
            return new() { PartitionIndex = partition, ErrorCode = ErrorCode.UnknownTopicOrPartition, ErrorMessage = Explained(version), LeaderId = -1 };
        var nowMs = version >= TimesFrom ? clock.GetUtcNow().ToUnixTimeMilliseconds() : -1;
        var directoryId = version >= DirectoriesAndNodesFrom ? cluster.Voters?.Voters.Find(v => v.VoterId == cluster.NodeId)?.VoterDirectoryId : null;
        var end = cluster.Runtime.OffsetNext;
        return new()
        {
            PartitionIndex = partition,
            ErrorMessage = null,
            LeaderId = cluster.NodeId,
            LeaderEpoch = cluster.Runtime.Epoch,
            HighWatermark = end,
            CurrentVoters =
            [
                new()
                {
                    ReplicaId = cluster.NodeId,
                    ReplicaDirectoryId = directoryId ?? Uuid.Zero,
                    LogEndOffset = end,
                    LastFetchTimestamp = nowMs,
                    LastCaughtUpTimestamp = nowMs,
                },
            ],
        };
    }

    private static string? Explained(short version) => version >= DirectoriesAndNodesFrom ? "Only the metadata log has a quorum" : null;
}
