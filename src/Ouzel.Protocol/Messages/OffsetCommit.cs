namespace Ouzel.Protocol.Messages;

/// <summary>Stores a group's offsets.</summary>
/// <remarks>
/// v1 GenerationIdOrMemberEpoch, MemberId, CommitTimestamp. v2 RetentionTimeMs, no CommitTimestamp. v5 no RetentionTimeMs. v6
/// CommittedLeaderEpoch. v7 GroupInstanceId. v8 flexible. v10 no Name, TopicId. v3, v4, v9 have the fields of the version before.
/// </remarks>
[KafkaRequest(ApiKey.OffsetCommit, "0-10", Flexible = "8+")]
public sealed partial class OffsetCommitRequest : IKafkaRequest<OffsetCommitResponse>
{
    public string GroupId { get; set; } = "";
    [In("1+", Ignorable = true)] public int GenerationIdOrMemberEpoch { get; set; } = -1;
    [In("1+", Ignorable = true)] public string MemberId { get; set; } = "";
    [In("7+"), NullIn("7+")] public string? GroupInstanceId { get; set; }
    [In("2-4", Ignorable = true)] public long RetentionTimeMs { get; set; } = -1;
    public List<OffsetCommitRequestTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetCommitRequestTopic
    {
        [In("0-9", Ignorable = true)] public string Name { get; set; } = "";
        [In("10+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<OffsetCommitRequestPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class OffsetCommitRequestPartition
    {
        public int PartitionIndex { get; set; }
        public long CommittedOffset { get; set; }
        [In("6+", Ignorable = true)] public int CommittedLeaderEpoch { get; set; } = -1;
        [In("1")] public long CommitTimestamp { get; set; } = -1;
        [NullIn("0+")] public string? CommittedMetadata { get; set; } = "";
    }
}

/// <summary>The result of storing each partition's offset.</summary>
/// <remarks>v3 ThrottleTimeMs. v8 flexible. v10 no Name, TopicId. v1, v2, v4, v5, v6, v7, v9 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.OffsetCommit, "0-10", Flexible = "8+")]
public sealed partial class OffsetCommitResponse : IKafkaResponse
{
    [In("3+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public List<OffsetCommitResponseTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetCommitResponseTopic
    {
        [In("0-9", Ignorable = true)] public string Name { get; set; } = "";
        [In("10+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<OffsetCommitResponsePartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class OffsetCommitResponsePartition
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
    }
}
