using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;

namespace Ouzel.Broker.Apis;

/// <summary>The one list of what this node serves. ApiVersions is derived from it.</summary>
internal static class ApiTable
{
    /// <summary>The APIs of a node. One line per API: versions announced, handler, and the oldest version where old clients get more.</summary>
    public static ServedApis For(Node node)
    {
        var versions = new ApiVersionsApi(node.Features, node.Metadata.Current.ClusterId, node.Options.NodeId);
        var addresses = new BrokerAddresses(node.Options);
        var logLevels = node.Loggers as ILogLevels;
        var configChanges = new ConfigChanges(node.Cluster.Controller, node.Cluster.InForce, logLevels, node.Options.NodeId);
        var apis = new ServedApis([
            Pipelined(0, 13, new ProduceApi(node.Metadata, node.Partitions, node.Timeouts, node.Memory, node.Clock)),
            Pipelined(4, 18, new FetchApi(node.Metadata, node.Partitions, node.FetchSessions, node.Timeouts, node.FetchBytesMax, node.Memory), oldest: 0),
            Serial(1, 11, new ListOffsetsApi(node.Metadata, node.Partitions), oldest: 0),
            Serial(0, 6, new FindCoordinatorApi(node.Metadata, node.Cluster.InternalTopics.EnsureTopicAsync, addresses, (topic, p, i) => p.Leader == node.Options.NodeId && node.Coordinators.IsLost(topic, i))),
            Serial(2, 10, new OffsetCommitApi(node.Groups, node.Cluster.InternalTopics.EnsureTopicAsync), oldest: 0),
            Serial(1, 10, new OffsetFetchApi(node.Groups, node.Metadata, node.Memory, node.Cluster.InternalTopics.EnsureTopicAsync), oldest: 0),
            Serial(0, 9, new JoinGroupApi(node.Groups)),
            Serial(0, 4, new HeartbeatApi(node.Groups)),
            Serial(0, 5, new LeaveGroupApi(node.Groups)),
            Serial(0, 5, new SyncGroupApi(node.Groups)),
            Serial(0, 6, new DescribeGroupsApi(node.Groups, node.Memory)),
            Serial(0, 5, new ListGroupsApi(node.Groups, node.Memory)),
            Serial(0, 3, new DeleteGroupsApi(node.Groups)),
            Serial(0, 0, new OffsetDeleteApi(node.Groups)),
            Serial(0, 5, versions),
            Serial(0, 1, new SaslHandshakeApi()),
            Serial(0, 2, new SaslAuthenticateApi()),
            Serial(1, 3, new DescribeAclsApi()),
            Serial(1, 3, new CreateAclsApi()),
            Serial(1, 3, new DeleteAclsApi()),
            Serial(1, 3, new CreateDelegationTokenApi()),
            Serial(1, 2, new RenewDelegationTokenApi()),
            Serial(1, 2, new ExpireDelegationTokenApi()),
            Serial(1, 3, new DescribeDelegationTokenApi()),
            Serial(0, 2, new DeleteRecordsApi(node.Metadata, node.Partitions)),
            Serial(0, 5, new InitProducerIdApi(node.ProducerIds)),
            Serial(2, 4, new OffsetForLeaderEpochApi(node.Metadata, node.Partitions)),
            Serial(0, 0, new DescribeProducersApi(node.Metadata, node.Partitions)),
            Serial(0, 13, new MetadataApi(node.Cluster, addresses, node.Options.Topics.AutoCreateTopicsEnable)),
            Serial(2, 7, new CreateTopicsApi(node.Cluster.Controller), oldest: 0),
            Serial(1, 6, new DeleteTopicsApi(node.Cluster.Controller), oldest: 0),
            Serial(1, 2, new AlterReplicaLogDirsApi(node.Metadata, node.Directories)),
            Serial(1, 5, new DescribeLogDirsApi(node.Directories, () => node.Cluster.InForce.Of(node.Metadata.Current).CordonedDirectories)),
            Serial(0, 3, new CreatePartitionsApi(node.Cluster.Controller)),
            Serial(0, 2, new ElectLeadersApi(node.Cluster.Controller)),
            Serial(0, 1, new AlterPartitionReassignmentsApi(node.Cluster.Controller)),
            Serial(0, 0, new ListPartitionReassignmentsApi(node.Metadata)),
            Serial(0, 2, new DescribeQuorumApi(node.Cluster, node.Clock)),
            Serial(0, 2, new UpdateFeaturesApi(node.Cluster.Controller)),
            Serial(0, 2, new DescribeClusterApi(node.Cluster, addresses)),
            Serial(0, 0, new UnregisterBrokerApi(node.Cluster)),
            Serial(0, 0, new UnregisterControllerApi(node.Cluster)),
            Serial(0, 0, new DescribeTopicPartitionsApi(node.Metadata, node.Options.Net.MaxRequestPartitionSizeLimit)),
            Serial(1, 4, new DescribeConfigsApi(node.Metadata, node.Cluster.InForce, logLevels)),
            Serial(0, 2, new AlterConfigsApi(configChanges)),
            Serial(0, 1, new IncrementalAlterConfigsApi(configChanges)),
            Serial(0, 1, new ListConfigResourcesApi(node.Metadata)),
        ]);
        versions.Announce(apis);
        return apis;
    }

    /// <summary>The requests of brokers to the controller. No listener serves it yet: the broker of a node that is its own controller asks through <see cref="OwnController"/>.</summary>
    public static (BrokerRegistrationApi Registration, BrokerHeartbeatApi Heartbeat) OfController(ClusterController controller) =>
        (new BrokerRegistrationApi(controller), new BrokerHeartbeatApi(controller));

    private static ApiEntry Serial<TRequest, TResponse>(short lowest, short highest, IApi<TRequest, TResponse> api, short? oldest = null)
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new()
        => new ApiEntry<TRequest, TResponse>(api, ApiOrder.Serial, lowest, highest, oldest ?? lowest);

    private static ApiEntry Pipelined<TRequest, TResponse>(short lowest, short highest, IApi<TRequest, TResponse> api, short? oldest = null)
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new()
        => new ApiEntry<TRequest, TResponse>(api, ApiOrder.Pipelined, lowest, highest, oldest ?? lowest);
}
