namespace Ouzel.Protocol.Messages;

/// <summary>Deletes the persisted state of share partitions.</summary>
[KafkaRequest(ApiKey.DeleteShareGroupState, "0", Flexible = "0+")]
public sealed partial class DeleteShareGroupStateRequest : IKafkaRequest<DeleteShareGroupStateResponse>
{
    public string GroupId { get; set; } = "";
    public List<DeleteStateData> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DeleteStateData
    {
        public Uuid TopicId { get; set; }
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int Partition { get; set; }
    }
}

/// <summary>The outcome for each share partition.</summary>
[KafkaResponse(ApiKey.DeleteShareGroupState, "0", Flexible = "0+")]
public sealed partial class DeleteShareGroupStateResponse : IKafkaResponse
{
    public List<DeleteStateResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class DeleteStateResult
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
