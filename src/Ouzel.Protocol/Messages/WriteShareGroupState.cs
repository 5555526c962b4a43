namespace Ouzel.Protocol.Messages;

/// <summary>Writes the persisted state of share partitions.</summary>
/// <remarks>v1 DeliveryCompleteCount.</remarks>
[KafkaRequest(ApiKey.WriteShareGroupState, "0-1", Flexible = "0+")]
public sealed partial class WriteShareGroupStateRequest : IKafkaRequest<WriteShareGroupStateResponse>
{
    public string GroupId { get; set; } = "";
    public List<WriteStateData> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class WriteStateData
    {
        public Uuid TopicId { get; set; }
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int Partition { get; set; }
        public int StateEpoch { get; set; }
        public int LeaderEpoch { get; set; }
        public long StartOffset { get; set; }
        [In("1+", Ignorable = true)] public int DeliveryCompleteCount { get; set; } = -1;
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

/// <summary>The outcome for each share partition.</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.WriteShareGroupState, "0-1", Flexible = "0+")]
public sealed partial class WriteShareGroupStateResponse : IKafkaResponse
{
    public List<WriteStateResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class WriteStateResult
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
    }
}
