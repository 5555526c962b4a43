namespace Ouzel.Protocol.Messages;

/// <summary>Joins, keeps up and leaves a consumer group (KIP-848).</summary>
/// <remarks>v1 SubscribedTopicRegex.</remarks>
[KafkaRequest(ApiKey.ConsumerGroupHeartbeat, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupHeartbeatRequest : IKafkaRequest<ConsumerGroupHeartbeatResponse>
{
    public string GroupId { get; set; } = "";
    public string MemberId { get; set; } = "";
    public int MemberEpoch { get; set; }
    [NullIn("0+")] public string? InstanceId { get; set; }
    [NullIn("0+")] public string? RackId { get; set; }
    public int RebalanceTimeoutMs { get; set; } = -1;
    [NullIn("0+")] public List<string>? SubscribedTopicNames { get; set; }
    [In("1+"), NullIn("1+")] public string? SubscribedTopicRegex { get; set; }
    [NullIn("0+")] public string? ServerAssignor { get; set; }
    [NullIn("0+")] public List<TopicPartitionsItem>? TopicPartitions { get; set; }

    /// <summary>An element of TopicPartitions.</summary>
    [KafkaStruct(Name = "TopicPartitions")]
    public sealed partial class TopicPartitionsItem
    {
        public Uuid TopicId { get; set; }
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The member's epoch and, when it changed, its assignment.</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.ConsumerGroupHeartbeat, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupHeartbeatResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; }
    [NullIn("0+")] public string? MemberId { get; set; }
    public int MemberEpoch { get; set; }
    public int HeartbeatIntervalMs { get; set; }
    [NullIn("0+")] public AssignmentItem? Assignment { get; set; }

    /// <summary>The structure of Assignment.</summary>
    [KafkaStruct(Name = "Assignment")]
    public sealed partial class AssignmentItem
    {
        public List<TopicPartitions> TopicPartitions { get; set; } = [];
    }

    /// <summary>An element of TopicPartitions.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartitions
    {
        public Uuid TopicId { get; set; }
        public List<int> Partitions { get; set; } = [];
    }
}
