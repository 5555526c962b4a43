namespace Ouzel.Protocol.Messages;

/// <summary>Starts or cancels moves of partitions to other brokers.</summary>
/// <remarks>v1 AllowReplicationFactorChange.</remarks>
[KafkaRequest(ApiKey.AlterPartitionReassignments, "0-1", Flexible = "0+")]
public sealed partial class AlterPartitionReassignmentsRequest : IKafkaRequest<AlterPartitionReassignmentsResponse>
{
    public int TimeoutMs { get; set; } = 60000;
    [In("1+")] public bool AllowReplicationFactorChange { get; set; } = true;
    public List<ReassignableTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class ReassignableTopic
    {
        public string Name { get; set; } = "";
        public List<ReassignablePartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class ReassignablePartition
    {
        public int PartitionIndex { get; set; }
        [NullIn("0+")] public List<int>? Replicas { get; set; }
    }
}

/// <summary>The outcome of each move.</summary>
/// <remarks>v1 AllowReplicationFactorChange.</remarks>
[KafkaResponse(ApiKey.AlterPartitionReassignments, "0-1", Flexible = "0+")]
public sealed partial class AlterPartitionReassignmentsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    [In("1+", Ignorable = true)] public bool AllowReplicationFactorChange { get; set; } = true;
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    public List<ReassignableTopicResponse> Responses { get; set; } = [];

    /// <summary>An element of Responses.</summary>
    [KafkaStruct]
    public sealed partial class ReassignableTopicResponse
    {
        public string Name { get; set; } = "";
        public List<ReassignablePartitionResponse> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class ReassignablePartitionResponse
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    }
}
