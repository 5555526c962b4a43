namespace Ouzel.Protocol.Messages;

/// <summary>Accepts, releases or rejects acquired records (KIP-932).</summary>
/// <remarks>v2 IsRenewAck.</remarks>
[KafkaRequest(ApiKey.ShareAcknowledge, "1-2", Flexible = "0+")]
public sealed partial class ShareAcknowledgeRequest : IKafkaRequest<ShareAcknowledgeResponse>
{
    [NullIn("0+")] public string? GroupId { get; set; }
    [NullIn("0+")] public string? MemberId { get; set; } = "";
    public int ShareSessionEpoch { get; set; }
    [In("2+")] public bool IsRenewAck { get; set; }
    public List<AcknowledgeTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class AcknowledgeTopic
    {
        public Uuid TopicId { get; set; }
        public List<AcknowledgePartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class AcknowledgePartition
    {
        public int PartitionIndex { get; set; }
        public List<AcknowledgementBatch> AcknowledgementBatches { get; set; } = [];
    }

    /// <summary>An element of AcknowledgementBatches.</summary>
    [KafkaStruct]
    public sealed partial class AcknowledgementBatch
    {
        public long FirstOffset { get; set; }
        public long LastOffset { get; set; }
        public List<sbyte> AcknowledgeTypes { get; set; } = [];
    }
}

/// <summary>The outcome of the acknowledgements.</summary>
/// <remarks>v2 AcquisitionLockTimeoutMs.</remarks>
[KafkaResponse(ApiKey.ShareAcknowledge, "1-2", Flexible = "0+")]
public sealed partial class ShareAcknowledgeResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; }
    [In("2+", Ignorable = true)] public int AcquisitionLockTimeoutMs { get; set; }
    public List<ShareAcknowledgeTopicResponse> Responses { get; set; } = [];
    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    /// <summary>An element of Responses.</summary>
    [KafkaStruct]
    public sealed partial class ShareAcknowledgeTopicResponse
    {
        public Uuid TopicId { get; set; }
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; }
        public LeaderIdAndEpoch CurrentLeader { get; set; } = new();
    }

    /// <summary>The structure of CurrentLeader.</summary>
    [KafkaStruct]
    public sealed partial class LeaderIdAndEpoch
    {
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; }
    }

    /// <summary>An element of NodeEndpoints.</summary>
    [KafkaStruct]
    public sealed partial class NodeEndpoint
    {
        public int NodeId { get; set; }
        public string Host { get; set; } = "";
        public int Port { get; set; }
        [NullIn("0+")] public string? Rack { get; set; }
    }
}
