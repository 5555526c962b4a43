
namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the details of consumer groups (KIP-848).</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.ConsumerGroupDescribe, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupDescribeRequest : IKafkaRequest<ConsumerGroupDescribeResponse>
{
    public List<string> GroupIds { get; set; } = [];
    public bool IncludeAuthorizedOperations { get; set; }
}

/// <summary>State, epochs and members of each group.</summary>
/// <remarks>v1 MemberType.</remarks>
[KafkaResponse(ApiKey.ConsumerGroupDescribe, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupDescribeResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<DescribedGroup> Groups { get; set; } = [];

    /// <summary>An element of Groups.</summary>
    [KafkaStruct]
    public sealed partial class DescribedGroup
    {
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; }
        public string GroupId { get; set; } = "";
        public string GroupState { get; set; } = "";
        public int GroupEpoch { get; set; }
        public int AssignmentEpoch { get; set; }
        public string AssignorName { get; set; } = "";
        public List<Member> Members { get; set; } = [];
        public int AuthorizedOperations { get; set; } = int.MinValue;
    }

    /// <summary>An element of Members.</summary>
    [KafkaStruct]
    public sealed partial class Member
    {
        public string MemberId { get; set; } = "";
        [NullIn("0+")] public string? InstanceId { get; set; }
        [NullIn("0+")] public string? RackId { get; set; }
        public int MemberEpoch { get; set; }
        public string ClientId { get; set; } = "";
        public string ClientHost { get; set; } = "";
        public List<string> SubscribedTopicNames { get; set; } = [];
        [NullIn("0+")] public string? SubscribedTopicRegex { get; set; }
        public Assignment Assignment { get; set; } = new();
        public Assignment TargetAssignment { get; set; } = new();
        [In("1+", Ignorable = true)] public sbyte MemberType { get; set; } = -1;
    }

    /// <summary>An element of TopicPartitions.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartitions
    {
        public Uuid TopicId { get; set; }
        public string TopicName { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }

    /// <summary>The structure shared by Assignment and TargetAssignment.</summary>
    [KafkaStruct]
    public sealed partial class Assignment
    {
        public List<TopicPartitions> TopicPartitions { get; set; } = [];
    }
}
