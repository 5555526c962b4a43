namespace Ouzel.Protocol.Messages;

/// <summary>Reads a group's stored offsets.</summary>
/// <remarks>
/// v6 flexible. v7 RequireStable. v8 no GroupId, no Topics, Groups. v9 MemberId, MemberEpoch. v10 no Name, TopicId. v1, v2, v3, v4, v5 have the
/// fields of the version before.
/// </remarks>
[KafkaRequest(ApiKey.OffsetFetch, "0-10", Flexible = "6+")]
public sealed partial class OffsetFetchRequest : IKafkaRequest<OffsetFetchResponse>
{
    [In("0-7")] public string GroupId { get; set; } = "";
    [In("0-7"), NullIn("2-7")] public List<OffsetFetchRequestTopic>? Topics { get; set; } = [];
    [In("8+")] public List<OffsetFetchRequestGroup> Groups { get; set; } = [];
    [In("7+")] public bool RequireStable { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchRequestTopic
    {
        [In("0-7")] public string Name { get; set; } = "";
        [In("0-7")] public List<int> PartitionIndexes { get; set; } = [];
    }

    /// <summary>An element of Groups.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchRequestGroup
    {
        [In("8+")] public string GroupId { get; set; } = "";
        [In("9+", Ignorable = true), NullIn("9+")] public string? MemberId { get; set; }
        [In("9+", Ignorable = true)] public int MemberEpoch { get; set; } = -1;
        [In("8+"), NullIn("8+")] public List<OffsetFetchRequestTopics>? Topics { get; set; } = [];
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchRequestTopics
    {
        [In("8-9", Ignorable = true)] public string Name { get; set; } = "";
        [In("10+", Ignorable = true)] public Uuid TopicId { get; set; }
        [In("8+")] public List<int> PartitionIndexes { get; set; } = [];
    }
}

/// <summary>The stored offsets; -1 where there is none.</summary>
/// <remarks>
/// v2 ErrorCode. v3 ThrottleTimeMs. v5 CommittedLeaderEpoch. v6 flexible. v8 no Topics, no ErrorCode, Groups. v10 no Name, TopicId. v1, v4, v7,
/// v9 have the fields of the version before.
/// </remarks>
[KafkaResponse(ApiKey.OffsetFetch, "0-10", Flexible = "6+")]
public sealed partial class OffsetFetchResponse : IKafkaResponse
{
    [In("3+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    [In("0-7")] public List<OffsetFetchResponseTopic> Topics { get; set; } = [];
    [In("2-7", Ignorable = true)] public ErrorCode ErrorCode { get; set; }
    [In("8+")] public List<OffsetFetchResponseGroup> Groups { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponseTopic
    {
        [In("0-7")] public string Name { get; set; } = "";
        [In("0-7")] public List<OffsetFetchResponsePartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponsePartition
    {
        [In("0-7")] public int PartitionIndex { get; set; }
        [In("0-7")] public long CommittedOffset { get; set; }
        [In("5-7", Ignorable = true)] public int CommittedLeaderEpoch { get; set; } = -1;
        [In("0-7"), NullIn("0-7")] public string? Metadata { get; set; } = "";
        [In("0-7")] public ErrorCode ErrorCode { get; set; }
    }

    /// <summary>An element of Groups.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponseGroup
    {
        [In("8+")] public string GroupId { get; set; } = "";
        [In("8+")] public List<OffsetFetchResponseTopics> Topics { get; set; } = [];
        [In("8+")] public ErrorCode ErrorCode { get; set; }
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponseTopics
    {
        [In("8-9", Ignorable = true)] public string Name { get; set; } = "";
        [In("10+", Ignorable = true)] public Uuid TopicId { get; set; }
        [In("8+")] public List<OffsetFetchResponsePartitions> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponsePartitions
    {
        [In("8+")] public int PartitionIndex { get; set; }
        [In("8+")] public long CommittedOffset { get; set; }
        [In("8+", Ignorable = true)] public int CommittedLeaderEpoch { get; set; } = -1;
        [In("8+"), NullIn("8+")] public string? Metadata { get; set; } = "";
        [In("8+")] public ErrorCode ErrorCode { get; set; }
    }
}
