namespace Ouzel.Protocol.Messages;

/// <summary>Registers partitions with a transaction.</summary>
/// <remarks>
/// v3 flexible. v4 Transactions, no V3AndBelowTransactionalId, no V3AndBelowProducerId, no V3AndBelowProducerEpoch, no V3AndBelowTopics. v1,
/// v2, v5 have the fields of the version before.
/// </remarks>
[KafkaRequest(ApiKey.AddPartitionsToTxn, "0-5", Flexible = "3+")]
public sealed partial class AddPartitionsToTxnRequest : IKafkaRequest<AddPartitionsToTxnResponse>
{
    [In("4+")] public List<AddPartitionsToTxnTransaction> Transactions { get; set; } = [];
    [In("0-3")] public string V3AndBelowTransactionalId { get; set; } = "";
    [In("0-3")] public long V3AndBelowProducerId { get; set; }
    [In("0-3")] public short V3AndBelowProducerEpoch { get; set; }
    [In("0-3")] public List<AddPartitionsToTxnTopic> V3AndBelowTopics { get; set; } = [];

    /// <summary>An element of Transactions.</summary>
    [KafkaStruct]
    public sealed partial class AddPartitionsToTxnTransaction
    {
        [In("4+")] public string TransactionalId { get; set; } = "";
        [In("4+")] public long ProducerId { get; set; }
        [In("4+")] public short ProducerEpoch { get; set; }
        [In("4+")] public bool VerifyOnly { get; set; }
        [In("4+")] public List<AddPartitionsToTxnTopic> Topics { get; set; } = [];
    }

    /// <summary>The structure shared by Topics and V3AndBelowTopics.</summary>
    [KafkaStruct]
    public sealed partial class AddPartitionsToTxnTopic
    {
        public string Name { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The result of adding each partition to the transaction.</summary>
/// <remarks>v3 flexible. v4 ErrorCode, ResultsByTransaction, no ResultsByTopicV3AndBelow. v1, v2, v5 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.AddPartitionsToTxn, "0-5", Flexible = "3+")]
public sealed partial class AddPartitionsToTxnResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    [In("4+", Ignorable = true)] public ErrorCode ErrorCode { get; set; }
    [In("4+")] public List<AddPartitionsToTxnResult> ResultsByTransaction { get; set; } = [];
    [In("0-3")] public List<AddPartitionsToTxnTopicResult> ResultsByTopicV3AndBelow { get; set; } = [];

    /// <summary>An element of ResultsByTransaction.</summary>
    [KafkaStruct]
    public sealed partial class AddPartitionsToTxnResult
    {
        [In("4+")] public string TransactionalId { get; set; } = "";
        [In("4+")] public List<AddPartitionsToTxnTopicResult> TopicResults { get; set; } = [];
    }

    /// <summary>The structure shared by TopicResults and ResultsByTopicV3AndBelow.</summary>
    [KafkaStruct]
    public sealed partial class AddPartitionsToTxnTopicResult
    {
        public string Name { get; set; } = "";
        public List<AddPartitionsToTxnPartitionResult> ResultsByPartition { get; set; } = [];
    }

    /// <summary>An element of ResultsByPartition.</summary>
    [KafkaStruct]
    public sealed partial class AddPartitionsToTxnPartitionResult
    {
        public int PartitionIndex { get; set; }
        public short PartitionErrorCode { get; set; }
    }
}
