namespace Ouzel.Protocol.Messages;

/// <summary>Moves the start offsets of an empty share group.</summary>
[KafkaRequest(ApiKey.AlterShareGroupOffsets, "0", Flexible = "0+")]
public sealed partial class AlterShareGroupOffsetsRequest : IKafkaRequest<AlterShareGroupOffsetsResponse>
{
    public string GroupId { get; set; } = "";
    public List<AlterShareGroupOffsetsRequestTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class AlterShareGroupOffsetsRequestTopic
    {
        public string TopicName { get; set; } = "";
        public List<AlterShareGroupOffsetsRequestPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class AlterShareGroupOffsetsRequestPartition
    {
        public int PartitionIndex { get; set; }
        public long StartOffset { get; set; }
    }
}

/// <summary>The outcome for each partition.</summary>
[KafkaResponse(ApiKey.AlterShareGroupOffsets, "0", Flexible = "0+")]
public sealed partial class AlterShareGroupOffsetsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; }
    public List<AlterShareGroupOffsetsResponseTopic> Responses { get; set; } = [];

    /// <summary>An element of Responses.</summary>
    [KafkaStruct]
    public sealed partial class AlterShareGroupOffsetsResponseTopic
    {
        public string TopicName { get; set; } = "";
        public Uuid TopicId { get; set; }
        public List<AlterShareGroupOffsetsResponsePartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class AlterShareGroupOffsetsResponsePartition
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; }
    }
}
