namespace Ouzel.Protocol.Messages;

/// <summary>A new quorum leader's announcement.</summary>
/// <remarks>v1 flexible, VoterId, VoterDirectoryId, LeaderEndpoints.</remarks>
[KafkaRequest(ApiKey.BeginQuorumEpoch, "0-1", Flexible = "1+")]
public sealed partial class BeginQuorumEpochRequest : IKafkaRequest<BeginQuorumEpochResponse>
{
    [NullIn("0+")] public string? ClusterId { get; set; }
    [In("1+", Ignorable = true)] public int VoterId { get; set; } = -1;
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
        [In("1+", Ignorable = true)] public Uuid VoterDirectoryId { get; set; }
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; }
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

/// <summary>The voter's acceptance of the leader, or its refusal.</summary>
/// <remarks>v1 flexible, NodeEndpoints.</remarks>
[KafkaResponse(ApiKey.BeginQuorumEpoch, "0-1", Flexible = "1+")]
public sealed partial class BeginQuorumEpochResponse : IKafkaResponse
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
