namespace Ouzel.Protocol.Messages;

/// <summary>Asks for brokers, topics, partitions and their leaders.</summary>
/// <remarks>
/// v4 AllowAutoTopicCreation. v8 IncludeClusterAuthorizedOperations, IncludeTopicAuthorizedOperations. v9 flexible. v10 TopicId. v11 no
/// IncludeClusterAuthorizedOperations. v1, v2, v3, v5, v6, v7, v12, v13 have the fields of the version before.
/// </remarks>
[KafkaRequest(ApiKey.Metadata, "0-13", Flexible = "9+")]
public sealed partial class MetadataRequest : IKafkaRequest<MetadataResponse>
{
    [NullIn("1+")] public List<MetadataRequestTopic>? Topics { get; set; } = [];
    [In("4+")] public bool AllowAutoTopicCreation { get; set; } = true;
    [In("8-10")] public bool IncludeClusterAuthorizedOperations { get; set; }
    [In("8+")] public bool IncludeTopicAuthorizedOperations { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class MetadataRequestTopic
    {
        [In("10+", Ignorable = true)] public Uuid TopicId { get; set; }
        [NullIn("10+")] public string? Name { get; set; } = "";
    }
}

/// <summary>The cluster as the answering broker sees it.</summary>
/// <remarks>
/// v1 Rack, ControllerId, IsInternal. v2 ClusterId. v3 ThrottleTimeMs. v5 OfflineReplicas. v7 LeaderEpoch. v8 TopicAuthorizedOperations,
/// ClusterAuthorizedOperations. v9 flexible. v10 TopicId. v11 no ClusterAuthorizedOperations. v13 ErrorCode. v4, v6, v12 have the fields of the
/// version before.
/// </remarks>
[KafkaResponse(ApiKey.Metadata, "0-13", Flexible = "9+")]
public sealed partial class MetadataResponse : IKafkaResponse
{
    [In("3+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public List<MetadataResponseBroker> Brokers { get; set; } = [];
    [In("2+", Ignorable = true), NullIn("2+")] public string? ClusterId { get; set; }
    [In("1+", Ignorable = true)] public int ControllerId { get; set; } = -1;
    public List<MetadataResponseTopic> Topics { get; set; } = [];
    [In("8-10")] public int ClusterAuthorizedOperations { get; set; } = int.MinValue;
    [In("13+", Ignorable = true)] public ErrorCode ErrorCode { get; set; }

    /// <summary>An element of Brokers.</summary>
    [KafkaStruct]
    public sealed partial class MetadataResponseBroker
    {
        public int NodeId { get; set; }
        public string Host { get; set; } = "";
        public int Port { get; set; }
        [In("1+", Ignorable = true), NullIn("1+")] public string? Rack { get; set; }
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class MetadataResponseTopic
    {
        public ErrorCode ErrorCode { get; set; }
        [NullIn("12+")] public string? Name { get; set; } = "";
        [In("10+", Ignorable = true)] public Uuid TopicId { get; set; }
        [In("1+", Ignorable = true)] public bool IsInternal { get; set; }
        public List<MetadataResponsePartition> Partitions { get; set; } = [];
        [In("8+")] public int TopicAuthorizedOperations { get; set; } = int.MinValue;
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class MetadataResponsePartition
    {
        public ErrorCode ErrorCode { get; set; }
        public int PartitionIndex { get; set; }
        public int LeaderId { get; set; }
        [In("7+", Ignorable = true)] public int LeaderEpoch { get; set; } = -1;
        public List<int> ReplicaNodes { get; set; } = [];
        public List<int> IsrNodes { get; set; } = [];
        [In("5+", Ignorable = true)] public List<int> OfflineReplicas { get; set; } = [];
    }
}
