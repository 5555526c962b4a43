namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the start offsets of share groups.</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DescribeShareGroupOffsets, "0-1", Flexible = "0+")]
public sealed partial class DescribeShareGroupOffsetsRequest : IKafkaRequest<DescribeShareGroupOffsetsResponse>
{
    public List<DescribeShareGroupOffsetsRequestGroup> Groups { get; set; } = [];

    /// <summary>An element of Groups.</summary>
    [KafkaStruct]
    public sealed partial class DescribeShareGroupOffsetsRequestGroup
    {
        public string GroupId { get; set; } = "";
        [NullIn("0+")] public List<DescribeShareGroupOffsetsRequestTopic>? Topics { get; set; } = [];
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DescribeShareGroupOffsetsRequestTopic
    {
        public string TopicName { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The start offset and lag of each share partition.</summary>
/// <remarks>v1 Lag.</remarks>
[KafkaResponse(ApiKey.DescribeShareGroupOffsets, "0-1", Flexible = "0+")]
public sealed partial class DescribeShareGroupOffsetsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<DescribeShareGroupOffsetsResponseGroup> Groups { get; set; } = [];

    /// <summary>An element of Groups.</summary>
    [KafkaStruct]
    public sealed partial class DescribeShareGroupOffsetsResponseGroup
    {
        public string GroupId { get; set; } = "";
        public List<DescribeShareGroupOffsetsResponseTopic> Topics { get; set; } = [];
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; }
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DescribeShareGroupOffsetsResponseTopic
    {
        public string TopicName { get; set; } = "";
        public Uuid TopicId { get; set; }
        public List<DescribeShareGroupOffsetsResponsePartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class DescribeShareGroupOffsetsResponsePartition
    {
        public int PartitionIndex { get; set; }
        public long StartOffset { get; set; }
        public int LeaderEpoch { get; set; }
        [In("1+", Ignorable = true)] public long Lag { get; set; } = -1;
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; }
    }
}
