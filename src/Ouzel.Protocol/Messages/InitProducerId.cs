namespace Ouzel.Protocol.Messages;

/// <summary>Asks for a producer id and epoch, and ends what an older instance left open.</summary>
/// <remarks>v2 flexible. v3 ProducerId, ProducerEpoch. v6 Enable2Pc, KeepPreparedTxn. v1, v4, v5 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.InitProducerId, "0-6", Flexible = "2+")]
public sealed partial class InitProducerIdRequest : IKafkaRequest<InitProducerIdResponse>
{
    [NullIn("0+")] public string? TransactionalId { get; set; } = "";
    public int TransactionTimeoutMs { get; set; }
    [In("3+")] public long ProducerId { get; set; } = -1;
    [In("3+")] public short ProducerEpoch { get; set; } = -1;
    [In("6+")] public bool Enable2Pc { get; set; }
    [In("6+")] public bool KeepPreparedTxn { get; set; }
}

/// <summary>The producer's id and epoch.</summary>
/// <remarks>v2 flexible. v6 OngoingTxnProducerId, OngoingTxnProducerEpoch. v1, v3, v4, v5 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.InitProducerId, "0-6", Flexible = "2+")]
public sealed partial class InitProducerIdResponse : IKafkaResponse
{
    [In("0+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public long ProducerId { get; set; } = -1;
    public short ProducerEpoch { get; set; }
    [In("6+")] public long OngoingTxnProducerId { get; set; } = -1;
    [In("6+")] public short OngoingTxnProducerEpoch { get; set; } = -1;
}
