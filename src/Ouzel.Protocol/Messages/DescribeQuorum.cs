namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the state of the metadata quorum.</summary>
/// <remarks>v1, v2 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DescribeQuorum, "0-2", Flexible = "0+")]
public sealed partial class DescribeQuorumRequest : IKafkaRequest<DescribeQuorumResponse>
{
    public List<TopicData> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicData
    {
        public string TopicName { get; set; } = "";
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }
    }
}

/// <summary>Leader, voters and observers with their lags.</summary>
/// <remarks>v2 ErrorMessage, Nodes. v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DescribeQuorum, "0-2", Flexible = "0+")]
public sealed partial class DescribeQuorumResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    [In("2+", Ignorable = true), NullIn("2+")] public string? ErrorMessage { get; set; } = "";
    public List<TopicData> Topics { get; set; } = [];
    [In("2+")] public List<Node> Nodes { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicData
    {
        public string TopicName { get; set; } = "";
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [In("2+", Ignorable = true), NullIn("2+")] public string? ErrorMessage { get; set; } = "";
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; }
        public long HighWatermark { get; set; }
        public List<ReplicaState> CurrentVoters { get; set; } = [];
        public List<ReplicaState> Observers { get; set; } = [];
    }

    /// <summary>An element of Nodes.</summary>
    [KafkaStruct]
    public sealed partial class Node
    {
        [In("2+")] public int NodeId { get; set; }
        [In("2+")] public List<Listener> Listeners { get; set; } = [];
    }

    /// <summary>An element of Listeners.</summary>
    [KafkaStruct]
    public sealed partial class Listener
    {
        [In("2+")] public string Name { get; set; } = "";
        [In("2+")] public string Host { get; set; } = "";
        [In("2+")] public ushort Port { get; set; }
    }

    /// <summary>The structure shared by CurrentVoters and Observers.</summary>
    [KafkaStruct]
    public sealed partial class ReplicaState
    {
        public int ReplicaId { get; set; }
        [In("2+")] public Uuid ReplicaDirectoryId { get; set; }
        public long LogEndOffset { get; set; }
        [In("1+", Ignorable = true)] public long LastFetchTimestamp { get; set; } = -1;
        [In("1+", Ignorable = true)] public long LastCaughtUpTimestamp { get; set; } = -1;
    }
}
