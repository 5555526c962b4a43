namespace Ouzel.Protocol.Messages;

/// <summary>A candidate's request for a vote in the metadata quorum.</summary>
/// <remarks>v1 VoterId, ReplicaDirectoryId, VoterDirectoryId. v2 PreVote.</remarks>
[KafkaRequest(ApiKey.Vote, "0-2", Flexible = "0+")]
public sealed partial class VoteRequest : IKafkaRequest<VoteResponse>
{
    [NullIn("0+")] public string? ClusterId { get; set; }
    [In("1+", Ignorable = true)] public int VoterId { get; set; } = -1;
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
        public int ReplicaEpoch { get; set; }
        public int ReplicaId { get; set; }
        [In("1+", Ignorable = true)] public Uuid ReplicaDirectoryId { get; set; }
        [In("1+", Ignorable = true)] public Uuid VoterDirectoryId { get; set; }
        public int LastOffsetEpoch { get; set; }
        public long LastOffset { get; set; }
        [In("2+")] public bool PreVote { get; set; }
    }
}

/// <summary>The vote.</summary>
/// <remarks>v1 NodeEndpoints. v2 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.Vote, "0-2", Flexible = "0+")]
public sealed partial class VoteResponse : IKafkaResponse
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
        public bool VoteGranted { get; set; }
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
