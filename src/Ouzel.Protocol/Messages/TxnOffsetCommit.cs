namespace Ouzel.Protocol.Messages;

/// <summary>Stores a group's offsets as part of a transaction.</summary>
/// <remarks>
/// v2 CommittedLeaderEpoch. v3 flexible, GenerationIdOrMemberEpoch, MemberId, GroupInstanceId. v6 TopicId instead of Name (KIP-1319).
/// v1, v4, v5 have the fields of the version before.
/// </remarks>
[KafkaRequest(ApiKey.TxnOffsetCommit, "0-6", Flexible = "3+")]
public sealed partial class TxnOffsetCommitRequest : IKafkaRequest<TxnOffsetCommitResponse>
{
    public string TransactionalId { get; set; } = "";
    public string GroupId { get; set; } = "";
    public long ProducerId { get; set; }
    public short ProducerEpoch { get; set; }
    [In("3+")] public int GenerationIdOrMemberEpoch { get; set; } = -1;
    [In("3+")] public string MemberId { get; set; } = "";
    [In("3+"), NullIn("3+")] public string? GroupInstanceId { get; set; }
    public List<TxnOffsetCommitRequestTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TxnOffsetCommitRequestTopic
    {
        [In("0-5", Ignorable = true)] public string Name { get; set; } = "";
        [In("6+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<TxnOffsetCommitRequestPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class TxnOffsetCommitRequestPartition
    {
        public int PartitionIndex { get; set; }
        public long CommittedOffset { get; set; }
        [In("2+", Ignorable = true)] public int CommittedLeaderEpoch { get; set; } = -1;
        [NullIn("0+")] public string? CommittedMetadata { get; set; } = "";
    }
}

/// <summary>The result of taking each partition's offset.</summary>
/// <remarks>v3 flexible. v6 TopicId instead of Name. v1, v2, v4, v5 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.TxnOffsetCommit, "0-6", Flexible = "3+")]
public sealed partial class TxnOffsetCommitResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<TxnOffsetCommitResponseTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TxnOffsetCommitResponseTopic
    {
        [In("0-5", Ignorable = true)] public string Name { get; set; } = "";
        [In("6+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<TxnOffsetCommitResponsePartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class TxnOffsetCommitResponsePartition
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
    }
}
