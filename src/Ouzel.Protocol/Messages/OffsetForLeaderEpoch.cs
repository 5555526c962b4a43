namespace Ouzel.Protocol.Messages;

/// <summary>Asks where a leader's epoch ended in its log, to find the point of divergence.</summary>
/// <remarks>v2 CurrentLeaderEpoch. v3 ReplicaId. v4 flexible. v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.OffsetForLeaderEpoch, "0-4", Flexible = "4+")]
public sealed partial class OffsetForLeaderEpochRequest : IKafkaRequest<OffsetForLeaderEpochResponse>
{
    [In("3+", Ignorable = true)] public int ReplicaId { get; set; } = -2;
    public List<OffsetForLeaderTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetForLeaderTopic
    {
        public string Topic { get; set; } = "";
        public List<OffsetForLeaderPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class OffsetForLeaderPartition
    {
        public int Partition { get; set; }
        [In("2+", Ignorable = true)] public int CurrentLeaderEpoch { get; set; } = -1;
        public int LeaderEpoch { get; set; }
    }
}

/// <summary>The end offset of each epoch asked for.</summary>
/// <remarks>v1 LeaderEpoch. v2 ThrottleTimeMs. v4 flexible. v3 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.OffsetForLeaderEpoch, "0-4", Flexible = "4+")]
public sealed partial class OffsetForLeaderEpochResponse : IKafkaResponse
{
    [In("2+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public List<OffsetForLeaderTopicResult> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetForLeaderTopicResult
    {
        public string Topic { get; set; } = "";
        public List<EpochEndOffset> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class EpochEndOffset
    {
        public ErrorCode ErrorCode { get; set; }
        public int Partition { get; set; }
        [In("1+", Ignorable = true)] public int LeaderEpoch { get; set; } = -1;
        public long EndOffset { get; set; } = -1;
    }
}
