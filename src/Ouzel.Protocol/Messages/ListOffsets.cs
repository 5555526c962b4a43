namespace Ouzel.Protocol.Messages;

/// <summary>Asks partition leaders which offset belongs to a timestamp or to an end of the log.</summary>
/// <remarks>
/// v1 no MaxNumOffsets. v2 IsolationLevel. v4 CurrentLeaderEpoch. v6 flexible. v10 TimeoutMs. v3, v5, v7, v8, v9, v11 have the fields of the
/// version before.
/// </remarks>
[KafkaRequest(ApiKey.ListOffsets, "0-11", Flexible = "6+")]
public sealed partial class ListOffsetsRequest : IKafkaRequest<ListOffsetsResponse>
{
    public int ReplicaId { get; set; }
    [In("2+")] public sbyte IsolationLevel { get; set; }
    public List<ListOffsetsTopic> Topics { get; set; } = [];
    [In("10+", Ignorable = true)] public int TimeoutMs { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class ListOffsetsTopic
    {
        public string Name { get; set; } = "";
        public List<ListOffsetsPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class ListOffsetsPartition
    {
        public int PartitionIndex { get; set; }
        [In("4+", Ignorable = true)] public int CurrentLeaderEpoch { get; set; } = -1;
        public long Timestamp { get; set; }
        [In("0")] public int MaxNumOffsets { get; set; } = 1;
    }
}

/// <summary>The offset found for each partition.</summary>
/// <remarks>
/// v1 no OldStyleOffsets, Timestamp, Offset. v2 ThrottleTimeMs. v4 LeaderEpoch. v6 flexible. v3, v5, v7, v8, v9, v10, v11 have the fields of
/// the version before.
/// </remarks>
[KafkaResponse(ApiKey.ListOffsets, "0-11", Flexible = "6+")]
public sealed partial class ListOffsetsResponse : IKafkaResponse
{
    [In("2+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public List<ListOffsetsTopicResponse> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class ListOffsetsTopicResponse
    {
        public string Name { get; set; } = "";
        public List<ListOffsetsPartitionResponse> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class ListOffsetsPartitionResponse
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [In("0")] public List<long> OldStyleOffsets { get; set; } = [];
        [In("1+")] public long Timestamp { get; set; } = -1;
        [In("1+")] public long Offset { get; set; } = -1;
        [In("4+")] public int LeaderEpoch { get; set; } = -1;
    }
}
