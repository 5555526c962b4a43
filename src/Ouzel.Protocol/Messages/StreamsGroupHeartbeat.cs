namespace Ouzel.Protocol.Messages;

/// <summary>Joins, keeps up and leaves a streams group (KIP-1071).</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.StreamsGroupHeartbeat, "0-1", Flexible = "0+")]
public sealed partial class StreamsGroupHeartbeatRequest : IKafkaRequest<StreamsGroupHeartbeatResponse>
{
    public string GroupId { get; set; } = "";
    public string MemberId { get; set; } = "";
    public int MemberEpoch { get; set; }
    public int EndpointInformationEpoch { get; set; }
    [NullIn("0+")] public string? InstanceId { get; set; }
    [NullIn("0+")] public string? RackId { get; set; }
    public int RebalanceTimeoutMs { get; set; } = -1;
    [NullIn("0+")] public TopologyItem? Topology { get; set; }
    [NullIn("0+")] public List<TaskIds>? ActiveTasks { get; set; }
    [NullIn("0+")] public List<TaskIds>? StandbyTasks { get; set; }
    [NullIn("0+")] public List<TaskIds>? WarmupTasks { get; set; }
    [NullIn("0+")] public string? ProcessId { get; set; }
    [NullIn("0+")] public Endpoint? UserEndpoint { get; set; }
    [NullIn("0+")] public List<KeyValue>? ClientTags { get; set; }
    [NullIn("0+")] public List<TaskOffset>? TaskOffsets { get; set; }
    [NullIn("0+")] public List<TaskOffset>? TaskEndOffsets { get; set; }
    public bool ShutdownApplication { get; set; }

    /// <summary>The structure of Topology.</summary>
    [KafkaStruct(Name = "Topology")]
    public sealed partial class TopologyItem
    {
        public int Epoch { get; set; }
        public List<Subtopology> Subtopologies { get; set; } = [];
    }

    /// <summary>An element of Subtopologies.</summary>
    [KafkaStruct]
    public sealed partial class Subtopology
    {
        public string SubtopologyId { get; set; } = "";
        public List<string> SourceTopics { get; set; } = [];
        public List<string> SourceTopicRegex { get; set; } = [];
        public List<TopicInfo> StateChangelogTopics { get; set; } = [];
        public List<string> RepartitionSinkTopics { get; set; } = [];
        public List<TopicInfo> RepartitionSourceTopics { get; set; } = [];
        public List<CopartitionGroup> CopartitionGroups { get; set; } = [];
    }

    /// <summary>An element of CopartitionGroups.</summary>
    [KafkaStruct]
    public sealed partial class CopartitionGroup
    {
        public List<short> SourceTopics { get; set; } = [];
        public List<short> SourceTopicRegex { get; set; } = [];
        public List<short> RepartitionSourceTopics { get; set; } = [];
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

    /// <summary>The structure shared by ActiveTasks, StandbyTasks and WarmupTasks.</summary>
    [KafkaStruct]
    public sealed partial class TaskIds
    {
        public string SubtopologyId { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The member's epoch and, when they changed, its tasks.</summary>
/// <remarks>v1 AcceptableRecoveryLag instead of AcceptableRecoveryLagLegacy, TopologyDescriptionRequired.</remarks>
[KafkaResponse(ApiKey.StreamsGroupHeartbeat, "0-1", Flexible = "0+")]
public sealed partial class StreamsGroupHeartbeatResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; }
    public string MemberId { get; set; } = "";
    public int MemberEpoch { get; set; }
    public int HeartbeatIntervalMs { get; set; }
    [In("0")] public int AcceptableRecoveryLagLegacy { get; set; }
    public int TaskOffsetIntervalMs { get; set; }
    [In("1+", Ignorable = true)] public long AcceptableRecoveryLag { get; set; } = -1;
    [NullIn("0+")] public List<StatusItem>? Status { get; set; } = [];
    [NullIn("0+")] public List<TaskIds>? ActiveTasks { get; set; }
    [NullIn("0+")] public List<TaskIds>? StandbyTasks { get; set; }
    [NullIn("0+")] public List<TaskIds>? WarmupTasks { get; set; }
    [In("1+")] public bool TopologyDescriptionRequired { get; set; }
    public int EndpointInformationEpoch { get; set; }
    [NullIn("0+")] public List<EndpointToPartitions>? PartitionsByUserEndpoint { get; set; }

    /// <summary>An element of PartitionsByUserEndpoint.</summary>
    [KafkaStruct]
    public sealed partial class EndpointToPartitions
    {
        public Endpoint UserEndpoint { get; set; } = new();
        public List<TopicPartition> ActivePartitions { get; set; } = [];
        public List<TopicPartition> StandbyPartitions { get; set; } = [];
    }

    /// <summary>An element of Status.</summary>
    [KafkaStruct(Name = "Status")]
    public sealed partial class StatusItem
    {
        public sbyte StatusCode { get; set; }
        public string StatusDetail { get; set; } = "";
    }

    /// <summary>The structure shared by ActivePartitions and StandbyPartitions.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartition
    {
        public string Topic { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }

    /// <summary>The structure shared by ActiveTasks, StandbyTasks and WarmupTasks.</summary>
    [KafkaStruct]
    public sealed partial class TaskIds
    {
        public string SubtopologyId { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }

    /// <summary>The structure of UserEndpoint.</summary>
    [KafkaStruct]
    public sealed partial class Endpoint
    {
        public string Host { get; set; } = "";
        public ushort Port { get; set; }
    }
}
