using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Messages;

/// <summary>Reads record batches from partitions and waits for new ones (long poll); consumers and followers send it.</summary>
/// <remarks>
/// v3 MaxBytes. v4 IsolationLevel. v5 LogStartOffset. v7 SessionId, SessionEpoch, ForgottenTopicsData. v9 CurrentLeaderEpoch. v11 RackId. v12
/// flexible, ClusterId, LastFetchedEpoch. v13 no Topic, TopicId. v15 no ReplicaId, ReplicaState. v17 ReplicaDirectoryId. v18 HighWatermark. v1,
/// v2, v6, v8, v10, v14, v16 have the fields of the version before.
/// </remarks>
[KafkaRequest(ApiKey.Fetch, "0-18", Flexible = "12+")]
public sealed partial class FetchRequest : IKafkaRequest<FetchResponse>
{
    [Tagged(0, "12+", Ignorable = true), NullIn("12+")] public string? ClusterId { get; set; }
    [In("0-14")] public int ReplicaId { get; set; } = -1;
    [Tagged(1, "15+")] public ReplicaStateItem ReplicaState { get; set; } = new();
    public int MaxWaitMs { get; set; }
    public int MinBytes { get; set; }
    [In("3+", Ignorable = true)] public int MaxBytes { get; set; } = int.MaxValue;
    [In("4+", Ignorable = true)] public sbyte IsolationLevel { get; set; }
    [In("7+", Ignorable = true)] public int SessionId { get; set; }
    [In("7+", Ignorable = true)] public int SessionEpoch { get; set; } = -1;
    public List<FetchTopic> Topics { get; set; } = [];
    [In("7+")] public List<ForgottenTopic> ForgottenTopicsData { get; set; } = [];
    [In("11+", Ignorable = true)] public string RackId { get; set; } = "";

    /// <summary>The structure of ReplicaState.</summary>
    [KafkaStruct(Name = "ReplicaState")]
    public sealed partial class ReplicaStateItem
    {
        [In("15+")] public int ReplicaId { get; set; } = -1;
        [In("15+")] public long ReplicaEpoch { get; set; } = -1;
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class FetchTopic
    {
        [In("0-12", Ignorable = true)] public string Topic { get; set; } = "";
        [In("13+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<FetchPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class FetchPartition
    {
        public int Partition { get; set; }
        [In("9+", Ignorable = true)] public int CurrentLeaderEpoch { get; set; } = -1;
        public long FetchOffset { get; set; }
        [In("12+")] public int LastFetchedEpoch { get; set; } = -1;
        [In("5+", Ignorable = true)] public long LogStartOffset { get; set; } = -1;
        public int PartitionMaxBytes { get; set; }
        [Tagged(0, "17+", Ignorable = true)] public Uuid ReplicaDirectoryId { get; set; }
        [Tagged(1, "18+", Ignorable = true)] public long HighWatermark { get; set; } = long.MaxValue;
    }

    /// <summary>An element of ForgottenTopicsData.</summary>
    [KafkaStruct]
    public sealed partial class ForgottenTopic
    {
        [In("7-12", Ignorable = true)] public string Topic { get; set; } = "";
        [In("13+", Ignorable = true)] public Uuid TopicId { get; set; }
        [In("7+")] public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The batches read, partition by partition.</summary>
/// <remarks>
/// v1 ThrottleTimeMs. v4 LastStableOffset, AbortedTransactions. v5 LogStartOffset. v7 ErrorCode, SessionId. v11 PreferredReadReplica. v12
/// flexible, DivergingEpoch, CurrentLeader, SnapshotId. v13 no Topic, TopicId. v16 NodeEndpoints. v2, v3, v6, v8, v9, v10, v14, v15, v17, v18
/// have the fields of the version before.
/// </remarks>
[KafkaResponse(ApiKey.Fetch, "0-18", Flexible = "12+")]
public sealed partial class FetchResponse : IKafkaResponse
{
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    [In("7+", Ignorable = true)] public ErrorCode ErrorCode { get; set; }
    [In("7+")] public int SessionId { get; set; }
    public List<FetchableTopicResponse> Responses { get; set; } = [];
    [Tagged(0, "16+")] public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    /// <summary>An element of Responses.</summary>
    [KafkaStruct]
    public sealed partial class FetchableTopicResponse
    {
        [In("0-12", Ignorable = true)] public string Topic { get; set; } = "";
        [In("13+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public long HighWatermark { get; set; }
        [In("4+", Ignorable = true)] public long LastStableOffset { get; set; } = -1;
        [In("5+", Ignorable = true)] public long LogStartOffset { get; set; } = -1;
        [Tagged(0, "12+")] public EpochEndOffset DivergingEpoch { get; set; } = new();
        [Tagged(1, "12+")] public LeaderIdAndEpoch CurrentLeader { get; set; } = new();
        [Tagged(2, "12+")] public SnapshotId SnapshotId { get; set; } = new();
        [In("4+", Ignorable = true), NullIn("4+")] public List<AbortedTransaction>? AbortedTransactions { get; set; } = [];
        [In("11+")] public int PreferredReadReplica { get; set; } = -1;
        [NullIn("0+")] public RecordsData? Records { get; set; }
    }

    /// <summary>The structure of DivergingEpoch.</summary>
    [KafkaStruct]
    public sealed partial class EpochEndOffset
    {
        [In("12+")] public int Epoch { get; set; } = -1;
        [In("12+")] public long EndOffset { get; set; } = -1;
    }

    /// <summary>The structure of CurrentLeader.</summary>
    [KafkaStruct]
    public sealed partial class LeaderIdAndEpoch
    {
        [In("12+")] public int LeaderId { get; set; } = -1;
        [In("12+")] public int LeaderEpoch { get; set; } = -1;
    }

    /// <summary>The structure of SnapshotId.</summary>
    [KafkaStruct]
    public sealed partial class SnapshotId
    {
        public long EndOffset { get; set; } = -1;
        public int Epoch { get; set; } = -1;
    }

    /// <summary>An element of AbortedTransactions.</summary>
    [KafkaStruct]
    public sealed partial class AbortedTransaction
    {
        [In("4+")] public long ProducerId { get; set; }
        [In("4+")] public long FirstOffset { get; set; }
    }

    /// <summary>An element of NodeEndpoints.</summary>
    [KafkaStruct]
    public sealed partial class NodeEndpoint
    {
        [In("16+")] public int NodeId { get; set; }
        [In("16+")] public string Host { get; set; } = "";
        [In("16+")] public int Port { get; set; }
        [In("16+"), NullIn("16+")] public string? Rack { get; set; }
    }
}
