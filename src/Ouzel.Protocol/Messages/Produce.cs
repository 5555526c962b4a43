using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Messages;

/// <summary>Appends record batches to partitions.</summary>
/// <remarks>v3 TransactionalId. v9 flexible. v13 no Name, TopicId. v1, v2, v4, v5, v6, v7, v8, v10, v11, v12 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.Produce, "0-13", Flexible = "9+")]
public sealed partial class ProduceRequest : IKafkaRequest<ProduceResponse>
{
    [In("3+"), NullIn("3+")] public string? TransactionalId { get; set; }
    public short Acks { get; set; }
    public int TimeoutMs { get; set; }
    public List<TopicProduceData> TopicData { get; set; } = [];

    /// <summary>An element of TopicData.</summary>
    [KafkaStruct]
    public sealed partial class TopicProduceData
    {
        [In("0-12", Ignorable = true)] public string Name { get; set; } = "";
        [In("13+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<PartitionProduceData> PartitionData { get; set; } = [];
    }

    /// <summary>An element of PartitionData.</summary>
    [KafkaStruct]
    public sealed partial class PartitionProduceData
    {
        public int Index { get; set; }
        [NullIn("0+")] public RecordsData? Records { get; set; }
    }
}

/// <summary>The outcome for each partition's batch.</summary>
/// <remarks>
/// v1 ThrottleTimeMs. v2 LogAppendTimeMs. v5 LogStartOffset. v8 RecordErrors, ErrorMessage. v9 flexible. v10 CurrentLeader, NodeEndpoints. v13
/// no Name, TopicId. v3, v4, v6, v7, v11, v12 have the fields of the version before.
/// </remarks>
[KafkaResponse(ApiKey.Produce, "0-13", Flexible = "9+")]
public sealed partial class ProduceResponse : IKafkaResponse
{
    public List<TopicProduceResponse> Responses { get; set; } = [];
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    [Tagged(0, "10+")] public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    /// <summary>An element of Responses.</summary>
    [KafkaStruct]
    public sealed partial class TopicProduceResponse
    {
        [In("0-12", Ignorable = true)] public string Name { get; set; } = "";
        [In("13+", Ignorable = true)] public Uuid TopicId { get; set; }
        public List<PartitionProduceResponse> PartitionResponses { get; set; } = [];
    }

    /// <summary>An element of PartitionResponses.</summary>
    [KafkaStruct]
    public sealed partial class PartitionProduceResponse
    {
        public int Index { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public long BaseOffset { get; set; }
        [In("2+", Ignorable = true)] public long LogAppendTimeMs { get; set; } = -1;
        [In("5+", Ignorable = true)] public long LogStartOffset { get; set; } = -1;
        [In("8+", Ignorable = true)] public List<BatchIndexAndErrorMessage> RecordErrors { get; set; } = [];
        [In("8+", Ignorable = true), NullIn("8+")] public string? ErrorMessage { get; set; }
        [Tagged(0, "10+")] public LeaderIdAndEpoch CurrentLeader { get; set; } = new();
    }

    /// <summary>An element of RecordErrors.</summary>
    [KafkaStruct]
    public sealed partial class BatchIndexAndErrorMessage
    {
        [In("8+")] public int BatchIndex { get; set; }
        [In("8+"), NullIn("8+")] public string? BatchIndexErrorMessage { get; set; }
    }

    /// <summary>The structure of CurrentLeader.</summary>
    [KafkaStruct]
    public sealed partial class LeaderIdAndEpoch
    {
        [In("10+")] public int LeaderId { get; set; } = -1;
        [In("10+")] public int LeaderEpoch { get; set; } = -1;
    }

    /// <summary>An element of NodeEndpoints.</summary>
    [KafkaStruct]
    public sealed partial class NodeEndpoint
    {
        [In("10+")] public int NodeId { get; set; }
        [In("10+")] public string Host { get; set; } = "";
        [In("10+")] public int Port { get; set; }
        [In("10+"), NullIn("10+")] public string? Rack { get; set; }
    }
}
