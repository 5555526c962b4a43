namespace Ouzel.Protocol.Messages;

/// <summary>Moves the start of partitions forward so that older records vanish.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DeleteRecords, "0-2", Flexible = "2+")]
public sealed partial class DeleteRecordsRequest : IKafkaRequest<DeleteRecordsResponse>
{
    public List<DeleteRecordsTopic> Topics { get; set; } = [];
    public int TimeoutMs { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DeleteRecordsTopic
    {
        public string Name { get; set; } = "";
        public List<DeleteRecordsPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class DeleteRecordsPartition
    {
        public int PartitionIndex { get; set; }
        public long Offset { get; set; }
    }
}

/// <summary>The new first offset of each partition.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DeleteRecords, "0-2", Flexible = "2+")]
public sealed partial class DeleteRecordsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<DeleteRecordsTopicResult> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DeleteRecordsTopicResult
    {
        public string Name { get; set; } = "";
        public List<DeleteRecordsPartitionResult> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class DeleteRecordsPartitionResult
    {
        public int PartitionIndex { get; set; }
        public long LowWatermark { get; set; }
        public ErrorCode ErrorCode { get; set; }
    }
}
