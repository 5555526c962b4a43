namespace Ouzel.Protocol.Messages;

/// <summary>Creates the persisted state of share partitions.</summary>
[KafkaRequest(ApiKey.InitializeShareGroupState, "0", Flexible = "0+")]
public sealed partial class InitializeShareGroupStateRequest : IKafkaRequest<InitializeShareGroupStateResponse>
{
    public string GroupId { get; set; } = "";
    public List<InitializeStateData> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class InitializeStateData
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
        public long StartOffset { get; set; }
    }
}

/// <summary>The outcome for each share partition.</summary>
[KafkaResponse(ApiKey.InitializeShareGroupState, "0", Flexible = "0+")]
public sealed partial class InitializeShareGroupStateResponse : IKafkaResponse
{
    public List<InitializeStateResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class InitializeStateResult
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
