namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the moves of partitions that are under way.</summary>
[KafkaRequest(ApiKey.ListPartitionReassignments, "0", Flexible = "0+")]
public sealed partial class ListPartitionReassignmentsRequest : IKafkaRequest<ListPartitionReassignmentsResponse>
{
    public int TimeoutMs { get; set; } = 60000;
    [NullIn("0+")] public List<ListPartitionReassignmentsTopics>? Topics { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class ListPartitionReassignmentsTopics
    {
        public string Name { get; set; } = "";
        public List<int> PartitionIndexes { get; set; } = [];
    }
}

/// <summary>The moves under way.</summary>
[KafkaResponse(ApiKey.ListPartitionReassignments, "0", Flexible = "0+")]
public sealed partial class ListPartitionReassignmentsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    public List<OngoingTopicReassignment> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OngoingTopicReassignment
    {
        public string Name { get; set; } = "";
        public List<OngoingPartitionReassignment> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class OngoingPartitionReassignment
    {
        public int PartitionIndex { get; set; }
        public List<int> Replicas { get; set; } = [];
        public List<int> AddingReplicas { get; set; } = [];
        public List<int> RemovingReplicas { get; set; } = [];
    }
}
