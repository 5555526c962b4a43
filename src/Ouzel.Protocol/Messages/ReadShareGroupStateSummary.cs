namespace Ouzel.Protocol.Messages;

/// <summary>Reads the start offsets of share partitions.</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.ReadShareGroupStateSummary, "0-1", Flexible = "0+")]
public sealed partial class ReadShareGroupStateSummaryRequest : IKafkaRequest<ReadShareGroupStateSummaryResponse>
{
    public string GroupId { get; set; } = "";
    public List<ReadStateSummaryData> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class ReadStateSummaryData
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

/// <summary>The summary of each share partition.</summary>
/// <remarks>v1 DeliveryCompleteCount.</remarks>
[KafkaResponse(ApiKey.ReadShareGroupStateSummary, "0-1", Flexible = "0+")]
public sealed partial class ReadShareGroupStateSummaryResponse : IKafkaResponse
{
    public List<ReadStateSummaryResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class ReadStateSummaryResult
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
        public int LeaderEpoch { get; set; }
        public long StartOffset { get; set; }
        [In("1+", Ignorable = true)] public int DeliveryCompleteCount { get; set; } = -1;
    }
}
