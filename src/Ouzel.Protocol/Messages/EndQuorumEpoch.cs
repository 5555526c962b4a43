namespace Ouzel.Protocol.Messages;

/// <summary>A quorum leader's resignation.</summary>
/// <remarks>v1 flexible, no PreferredSuccessors, PreferredCandidates, LeaderEndpoints.</remarks>
[KafkaRequest(ApiKey.EndQuorumEpoch, "0-1", Flexible = "1+")]
public sealed partial class EndQuorumEpochRequest : IKafkaRequest<EndQuorumEpochResponse>
{
    [NullIn("0+")] public string? ClusterId { get; set; }
    public List<TopicData> Topics { get; set; } = [];
    [In("1+", Ignorable = true)] public List<LeaderEndpoint> LeaderEndpoints { get; set; } = [];

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
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; }
        [In("0", Ignorable = true)] public List<int> PreferredSuccessors { get; set; } = [];
        [In("1+", Ignorable = true)] public List<ReplicaInfo> PreferredCandidates { get; set; } = [];
    }

    /// <summary>An element of PreferredCandidates.</summary>
    [KafkaStruct]
    public sealed partial class ReplicaInfo
    {
        [In("1+")] public int CandidateId { get; set; }
        [In("1+")] public Uuid CandidateDirectoryId { get; set; }
    }

    /// <summary>An element of LeaderEndpoints.</summary>
    [KafkaStruct]
    public sealed partial class LeaderEndpoint
    {
        [In("1+")] public string Name { get; set; } = "";
        [In("1+")] public string Host { get; set; } = "";
        [In("1+")] public ushort Port { get; set; }
    }
}

/// <summary>The voter's acknowledgement, or an error.</summary>
/// <remarks>v1 flexible, NodeEndpoints.</remarks>
[KafkaResponse(ApiKey.EndQuorumEpoch, "0-1", Flexible = "1+")]
public sealed partial class EndQuorumEpochResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    public List<TopicData> Topics { get; set; } = [];
    [Tagged(0, "1+")] public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

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
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; }
    }

    /// <summary>An element of NodeEndpoints.</summary>
    [KafkaStruct]
    public sealed partial class NodeEndpoint
    {
        [In("1+")] public int NodeId { get; set; }
        [In("1+")] public string Host { get; set; } = "";
        [In("1+")] public ushort Port { get; set; }
    }
}
