namespace Ouzel.Protocol.Messages;

/// <summary>Starts an election of preferred or unclean leaders.</summary>
/// <remarks>v1 ElectionType. v2 flexible.</remarks>
[KafkaRequest(ApiKey.ElectLeaders, "0-2", Flexible = "2+")]
public sealed partial class ElectLeadersRequest : IKafkaRequest<ElectLeadersResponse>
{
    [In("1+")] public sbyte ElectionType { get; set; }
    [NullIn("0+")] public List<TopicPartitionsItem>? TopicPartitions { get; set; } = [];
    public int TimeoutMs { get; set; } = 60000;

    /// <summary>An element of TopicPartitions.</summary>
    [KafkaStruct(Name = "TopicPartitions")]
    public sealed partial class TopicPartitionsItem
    {
        public string Topic { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The outcome of each election.</summary>
/// <remarks>v1 ErrorCode. v2 flexible.</remarks>
[KafkaResponse(ApiKey.ElectLeaders, "0-2", Flexible = "2+")]
public sealed partial class ElectLeadersResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    [In("1+")] public ErrorCode ErrorCode { get; set; }
    public List<ReplicaElectionResult> ReplicaElectionResults { get; set; } = [];

    /// <summary>An element of ReplicaElectionResults.</summary>
    [KafkaStruct]
    public sealed partial class ReplicaElectionResult
    {
        public string Topic { get; set; } = "";
        public List<PartitionResult> PartitionResult { get; set; } = [];
    }

    /// <summary>An element of PartitionResult.</summary>
    [KafkaStruct]
    public sealed partial class PartitionResult
    {
        public int PartitionId { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    }
}
