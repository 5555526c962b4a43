namespace Ouzel.Protocol.Messages;

/// <summary>Joins, keeps up and leaves a share group (KIP-932).</summary>
[KafkaRequest(ApiKey.ShareGroupHeartbeat, "1", Flexible = "0+")]
public sealed partial class ShareGroupHeartbeatRequest : IKafkaRequest<ShareGroupHeartbeatResponse>
{
    public string GroupId { get; set; } = "";
    public string MemberId { get; set; } = "";
    public int MemberEpoch { get; set; }
    [NullIn("0+")] public string? RackId { get; set; }
    [NullIn("0+")] public List<string>? SubscribedTopicNames { get; set; }
}

/// <summary>The member's epoch and, when it changed, its assignment.</summary>
[KafkaResponse(ApiKey.ShareGroupHeartbeat, "1", Flexible = "0+")]
public sealed partial class ShareGroupHeartbeatResponse : IKafkaResponse
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
