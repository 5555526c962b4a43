namespace Ouzel.Protocol.Messages;

/// <summary>Asks for topics' partitions page by page (KIP-966).</summary>
[KafkaRequest(ApiKey.DescribeTopicPartitions, "0", Flexible = "0+")]
public sealed partial class DescribeTopicPartitionsRequest : IKafkaRequest<DescribeTopicPartitionsResponse>
{
    public List<TopicRequest> Topics { get; set; } = [];
    public int ResponsePartitionLimit { get; set; } = 2000;
    [NullIn("0+")] public CursorItem? Cursor { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicRequest
    {
        public string Name { get; set; } = "";
    }

    /// <summary>The structure of Cursor.</summary>
    [KafkaStruct(Name = "Cursor")]
    public sealed partial class CursorItem
    {
        public string TopicName { get; set; } = "";
        public int PartitionIndex { get; set; }
    }
}

/// <summary>A page of topics and the cursor of the next one.</summary>
[KafkaResponse(ApiKey.DescribeTopicPartitions, "0", Flexible = "0+")]
public sealed partial class DescribeTopicPartitionsResponse : IKafkaResponse
{
    [In("0+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public List<DescribeTopicPartitionsResponseTopic> Topics { get; set; } = [];
    [NullIn("0+")] public Cursor? NextCursor { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DescribeTopicPartitionsResponseTopic
    {
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? Name { get; set; } = "";
        [In("0+", Ignorable = true)] public Uuid TopicId { get; set; }
        [In("0+", Ignorable = true)] public bool IsInternal { get; set; }
        public List<DescribeTopicPartitionsResponsePartition> Partitions { get; set; } = [];
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class DescribeTopicPartitionsResponsePartition
    {
        public ErrorCode ErrorCode { get; set; }
        public int PartitionIndex { get; set; }
        public int LeaderId { get; set; }
        [In("0+", Ignorable = true)] public int LeaderEpoch { get; set; } = -1;
        public List<int> ReplicaNodes { get; set; } = [];
        public List<int> IsrNodes { get; set; } = [];
        [NullIn("0+")] public List<int>? EligibleLeaderReplicas { get; set; }
        [NullIn("0+")] public List<int>? LastKnownElr { get; set; }
        [In("0+", Ignorable = true)] public List<int> OfflineReplicas { get; set; } = [];
    }

    /// <summary>The structure of NextCursor.</summary>
    [KafkaStruct]
    public sealed partial class Cursor
    {
        public string TopicName { get; set; } = "";
        public int PartitionIndex { get; set; }
    }
}
