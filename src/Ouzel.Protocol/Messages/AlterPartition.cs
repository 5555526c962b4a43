namespace Ouzel.Protocol.Messages;

/// <summary>A partition leader's proposal of a new in-sync set.</summary>
/// <remarks>v3 no NewIsr, NewIsrWithEpochs.</remarks>
[KafkaRequest(ApiKey.AlterPartition, "2-3", Flexible = "0+")]
public sealed partial class AlterPartitionRequest : IKafkaRequest<AlterPartitionResponse>
{
    public int BrokerId { get; set; }
    public long BrokerEpoch { get; set; } = -1;
    public List<TopicData> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicData
    {
        [In("2+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }
        public int LeaderEpoch { get; set; }
        [In("0-2")] public List<int> NewIsr { get; set; } = [];
        [In("3+")] public List<BrokerState> NewIsrWithEpochs { get; set; } = [];
        [In("1+")] public sbyte LeaderRecoveryState { get; set; }
        public int PartitionEpoch { get; set; }
    }

    /// <summary>An element of NewIsrWithEpochs.</summary>
    [KafkaStruct]
    public sealed partial class BrokerState
    {
        [In("3+")] public int BrokerId { get; set; }
        [In("3+")] public long BrokerEpoch { get; set; } = -1;
    }
}

/// <summary>The partition's state after the change.</summary>
/// <remarks>v3 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.AlterPartition, "2-3", Flexible = "0+")]
public sealed partial class AlterPartitionResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public List<TopicData> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicData
    {
        [In("2+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; }
        public List<int> Isr { get; set; } = [];
        [In("1+", Ignorable = true)] public sbyte LeaderRecoveryState { get; set; }
        public int PartitionEpoch { get; set; }
    }
}
