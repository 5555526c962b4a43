namespace Ouzel.Protocol.Messages;

/// <summary>Deletes offsets stored by a group.</summary>
[KafkaRequest(ApiKey.OffsetDelete, "0")]
public sealed partial class OffsetDeleteRequest : IKafkaRequest<OffsetDeleteResponse>
{
    public string GroupId { get; set; } = "";
    public List<OffsetDeleteRequestTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetDeleteRequestTopic
    {
        public string Name { get; set; } = "";
        public List<OffsetDeleteRequestPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class OffsetDeleteRequestPartition
    {
        public int PartitionIndex { get; set; }
    }
}

/// <summary>The outcome for each partition's offset.</summary>
[KafkaResponse(ApiKey.OffsetDelete, "0")]
public sealed partial class OffsetDeleteResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    [In("0+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public List<OffsetDeleteResponseTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetDeleteResponseTopic
    {
        public string Name { get; set; } = "";
        public List<OffsetDeleteResponsePartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class OffsetDeleteResponsePartition
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
    }
}
