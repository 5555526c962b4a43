namespace Ouzel.Protocol.Messages;

/// <summary>Reads the persisted state of share partitions.</summary>
[KafkaRequest(ApiKey.ReadShareGroupState, "0", Flexible = "0+")]
public sealed partial class ReadShareGroupStateRequest : IKafkaRequest<ReadShareGroupStateResponse>
{
    public string GroupId { get; set; } = "";
    public List<ReadStateData> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class ReadStateData
    {
        public Uuid TopicId { get; set; }
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int Partition { get; set; }
        public int LeaderEpoch { get; set; }
    }
}

/// <summary>The state of each share partition.</summary>
[KafkaResponse(ApiKey.ReadShareGroupState, "0", Flexible = "0+")]
public sealed partial class ReadShareGroupStateResponse : IKafkaResponse
{
    public List<ReadStateResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class ReadStateResult
    {
        public Uuid TopicId { get; set; }
        public List<PartitionResult> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionResult
    {
        public int Partition { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; }
        public int StateEpoch { get; set; }
        public long StartOffset { get; set; }
        public List<StateBatch> StateBatches { get; set; } = [];
    }

    /// <summary>An element of StateBatches.</summary>
    [KafkaStruct]
    public sealed partial class StateBatch
    {
        public long FirstOffset { get; set; }
        public long LastOffset { get; set; }
        public sbyte DeliveryState { get; set; }
        public short DeliveryCount { get; set; }
    }
}
