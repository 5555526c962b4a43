
namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the details of streams groups (KIP-1071).</summary>
/// <remarks>v1 IncludeTopologyDescription (KIP-1331).</remarks>
[KafkaRequest(ApiKey.StreamsGroupDescribe, "0-1", Flexible = "0+")]
public sealed partial class StreamsGroupDescribeRequest : IKafkaRequest<StreamsGroupDescribeResponse>
{
    public List<string> GroupIds { get; set; } = [];
    public bool IncludeAuthorizedOperations { get; set; }
    [In("1+")] public bool IncludeTopologyDescription { get; set; }
}

/// <summary>State, topology and members of each group.</summary>
/// <remarks>v1 TopologyDescription, TopologyDescriptionStatus, AssignorName.</remarks>
[KafkaResponse(ApiKey.StreamsGroupDescribe, "0-1", Flexible = "0+")]
public sealed partial class StreamsGroupDescribeResponse : IKafkaResponse
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
        [NullIn("0+")] public Topology? Topology { get; set; }
        public List<Member> Members { get; set; } = [];
        public int AuthorizedOperations { get; set; } = int.MinValue;
        [In("1+"), NullIn("1+")] public TopologyDescription? TopologyDescription { get; set; }
        [In("1+")] public sbyte TopologyDescriptionStatus { get; set; }
        [In("1+", Ignorable = true), NullIn("1+")] public string? AssignorName { get; set; }
    }

    /// <summary>The structure of Topology.</summary>
    [KafkaStruct]
    public sealed partial class Topology
    {
        public int Epoch { get; set; }
        [NullIn("0+")] public List<Subtopology>? Subtopologies { get; set; }
    }

    /// <summary>An element of Subtopologies.</summary>
    [KafkaStruct]
    public sealed partial class Subtopology
    {
        public string SubtopologyId { get; set; } = "";
        public List<string> SourceTopics { get; set; } = [];
        public List<string> RepartitionSinkTopics { get; set; } = [];
        public List<TopicInfo> StateChangelogTopics { get; set; } = [];
        public List<TopicInfo> RepartitionSourceTopics { get; set; } = [];
    }

    /// <summary>An element of Members.</summary>
    [KafkaStruct]
    public sealed partial class Member
    {
        public string MemberId { get; set; } = "";
        public int MemberEpoch { get; set; }
        [NullIn("0+")] public string? InstanceId { get; set; }
        [NullIn("0+")] public string? RackId { get; set; }
        public string ClientId { get; set; } = "";
        public string ClientHost { get; set; } = "";
        public int TopologyEpoch { get; set; }
        public string ProcessId { get; set; } = "";
        [NullIn("0+")] public Endpoint? UserEndpoint { get; set; }
        public List<KeyValue> ClientTags { get; set; } = [];
        public List<TaskOffset> TaskOffsets { get; set; } = [];
        public List<TaskOffset> TaskEndOffsets { get; set; } = [];
        public Assignment Assignment { get; set; } = new();
        public Assignment TargetAssignment { get; set; } = new();
        public bool IsClassic { get; set; }
    }

    /// <summary>The structure of UserEndpoint.</summary>
    [KafkaStruct]
    public sealed partial class Endpoint
    {
        public string Host { get; set; } = "";
        public ushort Port { get; set; }
    }

    /// <summary>The structure shared by TaskOffsets and TaskEndOffsets.</summary>
    [KafkaStruct]
    public sealed partial class TaskOffset
    {
        public string SubtopologyId { get; set; } = "";
        public int Partition { get; set; }
        public long Offset { get; set; }
    }

    /// <summary>The structure shared by Assignment and TargetAssignment.</summary>
    [KafkaStruct]
    public sealed partial class Assignment
    {
        public List<TaskIds> ActiveTasks { get; set; } = [];
        public List<TaskIds> StandbyTasks { get; set; } = [];
        public List<TaskIds> WarmupTasks { get; set; } = [];
    }

    /// <summary>The structure shared by ActiveTasks, StandbyTasks and WarmupTasks.</summary>
    [KafkaStruct]
    public sealed partial class TaskIds
    {
        public string SubtopologyId { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }

    /// <summary>The structure shared by ClientTags and TopicConfigs.</summary>
    [KafkaStruct]
    public sealed partial class KeyValue
    {
        public string Key { get; set; } = "";
        public string Value { get; set; } = "";
    }

    /// <summary>The structure shared by StateChangelogTopics and RepartitionSourceTopics.</summary>
    [KafkaStruct]
    public sealed partial class TopicInfo
    {
        public string Name { get; set; } = "";
        public int Partitions { get; set; }
        public short ReplicationFactor { get; set; }
        public List<KeyValue> TopicConfigs { get; set; } = [];
    }

    /// <summary>The structure of TopologyDescription.</summary>
    [KafkaStruct]
    public sealed partial class TopologyDescription
    {
        [In("1+")] public List<TopologyDescriptionSubtopology> Subtopologies { get; set; } = [];
        [In("1+")] public List<TopologyDescriptionGlobalStore> GlobalStores { get; set; } = [];
    }

    /// <summary>An element of Subtopologies.</summary>
    [KafkaStruct]
    public sealed partial class TopologyDescriptionSubtopology
    {
        [In("1+")] public string SubtopologyId { get; set; } = "";
        [In("1+")] public List<TopologyDescriptionNode> Nodes { get; set; } = [];
    }

    /// <summary>The structure shared by Nodes, Source and Processor.</summary>
    [KafkaStruct]
    public sealed partial class TopologyDescriptionNode
    {
        [In("1+")] public string Name { get; set; } = "";
        [In("1+")] public sbyte NodeType { get; set; }
        [In("1+")] public List<string> SourceTopics { get; set; } = [];
        [In("1+"), NullIn("1+")] public string? SinkTopic { get; set; }
        [In("1+")] public List<string> Stores { get; set; } = [];
        [In("1+")] public List<string> Successors { get; set; } = [];
    }

    /// <summary>An element of GlobalStores.</summary>
    [KafkaStruct]
    public sealed partial class TopologyDescriptionGlobalStore
    {
        [In("1+")] public TopologyDescriptionNode Source { get; set; } = new();
        [In("1+")] public TopologyDescriptionNode Processor { get; set; } = new();
    }
}
