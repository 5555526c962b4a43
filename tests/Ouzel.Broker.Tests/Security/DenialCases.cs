using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Security;

/// <summary>One request, the question it must ask, and the error that its response has where everything is denied.</summary>
internal sealed record DenialCase(ApiKey Api, short Version, string Question, ErrorCode Error, Func<WireClient, Task<object>> Call)
{
    private static DenialCase Of<TResponse>(IKafkaRequest<TResponse> request, short version, string question, ErrorCode error)
        where TResponse : class, IKafkaResponse, new() =>
        new(TResponse.ApiKey, version, question, error, async client => await client.CallAsync(request, version));

    private const ErrorCode Topic = ErrorCode.TopicAuthorizationFailed;
    private const ErrorCode Group = ErrorCode.GroupAuthorizationFailed;
    private const ErrorCode Cluster = ErrorCode.ClusterAuthorizationFailed;
    private const ErrorCode Transaction = ErrorCode.TransactionalIdAuthorizationFailed;

    /// <summary>Every served API, as Apache Kafka asks of each; what asks nothing stands in <see cref="Free"/>.</summary>
    public static readonly DenialCase[] All =
    [
        Of(new ProduceRequest { Acks = -1, TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = new MemoryRecords(Batches.Of("a")) }] }] }, 9, "Write Topic t", Topic),
        Of(new ProduceRequest { Acks = -1, TransactionalId = "x", TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = new MemoryRecords(Batches.Of(1, 0, 0, true, "a")) }] }] }, 9, "Write TransactionalId x", Transaction),
        Of(new FetchRequest { MaxBytes = 1000, Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, PartitionMaxBytes = 1000 }] }] }, 12, "Read Topic t", Topic),
        Of(new FetchRequest { ReplicaId = 2, MaxBytes = 1000, Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, PartitionMaxBytes = 1000 }] }] }, 12, "ClusterAction Cluster kafka-cluster", Topic),
        Of(new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] }] }, 7, "Describe Topic t", Topic),
        Of(new MetadataRequest { Topics = [new() { Name = "t" }] }, 12, "Describe Topic t", Topic),
        Of(new OffsetCommitRequest { GroupId = "g", Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0 }] }] }, 8, "Read Group g", Group),
        Of(new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0] }] }, 1, "Describe Group g", Group),
        Of(new OffsetFetchRequest { GroupId = "g", Topics = null }, 7, "Describe Group g", Group),
        Of(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }] }, 9, "Describe Group g", Group),
        Of(new FindCoordinatorRequest { KeyType = 0, Key = "g" }, 3, "Describe Group g", Group),
        Of(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = ["x"] }, 4, "Describe TransactionalId x", Transaction),
        Of(new JoinGroupRequest { GroupId = "g", ProtocolType = "consumer" }, 9, "Read Group g", Group),
        Of(new HeartbeatRequest { GroupId = "g" }, 4, "Read Group g", Group),
        Of(new LeaveGroupRequest { GroupId = "g", Members = [new() { MemberId = "m" }] }, 5, "Read Group g", Group),
        Of(new SyncGroupRequest { GroupId = "g" }, 5, "Read Group g", Group),
        Of(new DescribeGroupsRequest { Groups = ["g"] }, 5, "Describe Group g", Group),
        Of(new ListGroupsRequest(), 5, "Describe Cluster kafka-cluster", ErrorCode.None),
        Of(new DeleteGroupsRequest { GroupsNames = ["g"] }, 2, "Delete Group g", Group),
        Of(new OffsetDeleteRequest { GroupId = "g", Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0 }] }] }, 0, "Delete Group g", Group),
        Of(new DescribeAclsRequest(), 3, "Describe Cluster kafka-cluster", Cluster),
        Of(new CreateAclsRequest { Creations = [new() { ResourceName = "t", Principal = "User:u", Host = "*" }] }, 3, "Alter Cluster kafka-cluster", Cluster),
        Of(new DeleteAclsRequest { Filters = [new()] }, 3, "Alter Cluster kafka-cluster", Cluster),
        Of(new CreateTopicsRequest { Topics = [new() { Name = "new", NumPartitions = 1, ReplicationFactor = 1 }] }, 7, "Create Topic new", Topic),
        Of(new DeleteTopicsRequest { Topics = [new() { Name = "t" }] }, 6, "Describe Topic t", Topic),
        Of(new DeleteRecordsRequest { Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Offset = 0 }] }] }, 2, "Delete Topic t", Topic),
        Of(new CreatePartitionsRequest { Topics = [new() { Name = "t", Count = 5, Assignments = null }] }, 3, "Alter Topic t", Topic),
        Of(new InitProducerIdRequest { TransactionalId = null }, 4, "IdempotentWrite Cluster kafka-cluster", Cluster),
        Of(new InitProducerIdRequest { TransactionalId = "x" }, 4, "Write TransactionalId x", Transaction),
        Of(new OffsetForLeaderEpochRequest { Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0 }] }] }, 4, "Describe Topic t", Topic),
        Of(new DescribeProducersRequest { Topics = [new() { Name = "t", PartitionIndexes = [0] }] }, 0, "Read Topic t", Topic),
        Of(new DescribeTopicPartitionsRequest { Topics = [new() { Name = "t" }] }, 0, "Describe Topic t", Topic),
        Of(new DescribeConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = "t" }] }, 4, "DescribeConfigs Topic t", Topic),
        Of(new DescribeConfigsRequest { Resources = [new() { ResourceType = 32, ResourceName = "g" }] }, 4, "DescribeConfigs Group g", Group),
        Of(new DescribeConfigsRequest { Resources = [new() { ResourceType = 4, ResourceName = "1" }] }, 4, "DescribeConfigs Cluster kafka-cluster", Cluster),
        Of(new AlterConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = "t" }] }, 2, "AlterConfigs Topic t", Topic),
        Of(new AlterConfigsRequest { Resources = [new() { ResourceType = 4, ResourceName = "1" }] }, 2, "AlterConfigs Cluster kafka-cluster", Cluster),
        Of(new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = "t" }] }, 1, "AlterConfigs Topic t", Topic),
        Of(new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = 32, ResourceName = "g" }] }, 1, "AlterConfigs Group g", Group),
        Of(new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = 8, ResourceName = "1" }] }, 1, "AlterConfigs Cluster kafka-cluster", Cluster),
        Of(new ListConfigResourcesRequest(), 1, "DescribeConfigs Cluster kafka-cluster", Cluster),
        Of(new AlterReplicaLogDirsRequest { Dirs = [new() { Path = "/data", Topics = [new() { Name = "t", Partitions = [0] }] }] }, 2, "Alter Cluster kafka-cluster", Cluster),
        Of(new DescribeLogDirsRequest { Topics = null }, 4, "Describe Cluster kafka-cluster", Cluster),
        Of(new ElectLeadersRequest { TopicPartitions = [new() { Topic = "t", Partitions = [0] }] }, 2, "Alter Cluster kafka-cluster", Cluster),
        Of(new AlterPartitionReassignmentsRequest { Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Replicas = [1] }] }] }, 1, "Alter Cluster kafka-cluster", Cluster),
        Of(new ListPartitionReassignmentsRequest { Topics = [new() { Name = "t", PartitionIndexes = [0] }] }, 0, "Describe Cluster kafka-cluster", Cluster),
        Of(new DescribeQuorumRequest { Topics = [new() { TopicName = "__cluster_metadata", Partitions = [new() { PartitionIndex = 0 }] }] }, 2, "Describe Cluster kafka-cluster", Cluster),
        Of(new UpdateFeaturesRequest(), 1, "Alter Cluster kafka-cluster", Cluster),
        Of(new UnregisterBrokerRequest { BrokerId = 7 }, 0, "Alter Cluster kafka-cluster", Cluster),
        Of(new UnregisterControllerRequest { ControllerId = 7 }, 0, "Alter Cluster kafka-cluster", Cluster),
        Of(new DescribeClusterRequest { IncludeClusterAuthorizedOperations = true }, 2, "Describe Cluster kafka-cluster", ErrorCode.None),
    ];

    /// <summary>Requests that every client may make: how to speak and who it is. Tokens are refused on a listener that authenticates nobody before anything is asked.</summary>
    public static readonly ApiKey[] Free =
    [
        ApiKey.ApiVersions, ApiKey.SaslHandshake, ApiKey.SaslAuthenticate,
        ApiKey.CreateDelegationToken, ApiKey.RenewDelegationToken, ApiKey.ExpireDelegationToken, ApiKey.DescribeDelegationToken,
    ];

    public override string ToString() => $"{Api} v{Version}: {Question}";
}
