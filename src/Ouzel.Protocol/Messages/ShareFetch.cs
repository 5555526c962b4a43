using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Messages;

/// <summary>Acquires records of share partitions and acknowledges earlier ones (KIP-932).</summary>
/// <remarks>v2 ShareAcquireMode, IsRenewAck.</remarks>
[KafkaRequest(ApiKey.ShareFetch, "1-2", Flexible = "0+")]
public sealed partial class ShareFetchRequest : IKafkaRequest<ShareFetchResponse>
{
    [NullIn("0+")] public string? GroupId { get; set; }
    [NullIn("0+")] public string? MemberId { get; set; } = "";
    public int ShareSessionEpoch { get; set; }
    public int MaxWaitMs { get; set; }
    public int MinBytes { get; set; }
    public int MaxBytes { get; set; } = int.MaxValue;
    [In("1+")] public int MaxRecords { get; set; }
    [In("1+")] public int BatchSize { get; set; }
    [In("2+", Ignorable = true)] public sbyte ShareAcquireMode { get; set; }
    [In("2+")] public bool IsRenewAck { get; set; }
    public List<FetchTopic> Topics { get; set; } = [];
    public List<ForgottenTopic> ForgottenTopicsData { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class FetchTopic
    {
        public Uuid TopicId { get; set; }
        public List<FetchPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class FetchPartition
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

    /// <summary>An element of ForgottenTopicsData.</summary>
    [KafkaStruct]
    public sealed partial class ForgottenTopic
    {
        public Uuid TopicId { get; set; }
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The acquired records, partition by partition.</summary>
/// <remarks>v2 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.ShareFetch, "1-2", Flexible = "0+")]
public sealed partial class ShareFetchResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; }
    [In("1+")] public int AcquisitionLockTimeoutMs { get; set; }
    public List<ShareFetchableTopicResponse> Responses { get; set; } = [];
    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    /// <summary>An element of Responses.</summary>
    [KafkaStruct]
    public sealed partial class ShareFetchableTopicResponse
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
        public short AcknowledgeErrorCode { get; set; }
        [NullIn("0+")] public string? AcknowledgeErrorMessage { get; set; }
        public LeaderIdAndEpoch CurrentLeader { get; set; } = new();
        public RecordsData Records { get; set; } = MemoryRecords.Empty;
        public List<AcquiredRecords> AcquiredRecords { get; set; } = [];
    }

    /// <summary>The structure of CurrentLeader.</summary>
    [KafkaStruct]
    public sealed partial class LeaderIdAndEpoch
    {
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; }
    }

    /// <summary>An element of AcquiredRecords.</summary>
    [KafkaStruct]
    public sealed partial class AcquiredRecords
    {
        public long FirstOffset { get; set; }
        public long LastOffset { get; set; }
        public short DeliveryCount { get; set; }
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
