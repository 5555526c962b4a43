using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
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
        if (!context.MayCluster(AclOperation.Describe))
        {
            return new(new DescribeQuorumResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed, ErrorMessage = context.ApiVersion >= DirectoriesAndNodesFrom ? Authorizer.Denied : null });
        }

        var response = new DescribeQuorumResponse();
        // The one log that has a quorum, alone: a request for more is refused in every part.
        var isMetadataLog = request.Topics is [{ TopicName: TopicNames.ClusterMetadata, Partitions: [{ PartitionIndex: 0 }] }];
        foreach (var topic in request.Topics)
        {
            var described = new DescribeQuorumResponse.TopicData { TopicName = topic.TopicName };
            foreach (var partition in topic.Partitions)
            {
                described.Partitions.Add(isMetadataLog ? Describe(context.ApiVersion) : Unknown(partition.PartitionIndex, context.ApiVersion));
            }

            response.Topics.Add(described);
        }

        if (context.ApiVersion >= DirectoriesAndNodesFrom)
        {
            AddNodes(response);
        }

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

    private static DescribeQuorumResponse.PartitionData Unknown(int partition, short version) => new()
    {
        PartitionIndex = partition,
        ErrorCode = ErrorCode.UnknownTopicOrPartition,
        ErrorMessage = version >= DirectoriesAndNodesFrom ? "Only the metadata log has a quorum, and it is asked for alone" : null,
        LeaderId = -1,
    };

    private DescribeQuorumResponse.PartitionData Describe(short version)
    {
        var nowMs = version >= TimesFrom ? clock.GetUtcNow().ToUnixTimeMilliseconds() : -1;
        var directoryId = version >= DirectoriesAndNodesFrom ? cluster.Voters?.Voters.Find(v => v.VoterId == cluster.NodeId)?.VoterDirectoryId : null;
        var end = cluster.Active.OffsetNext;
        return new()
        {
            LeaderId = cluster.NodeId,
            LeaderEpoch = cluster.Active.Epoch,
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
}
