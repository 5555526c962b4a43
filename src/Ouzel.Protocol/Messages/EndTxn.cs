namespace Ouzel.Protocol.Messages;

/// <summary>Commits or aborts a transaction.</summary>
/// <remarks>v3 flexible. v1, v2, v4, v5 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.EndTxn, "0-5", Flexible = "3+")]
public sealed partial class EndTxnRequest : IKafkaRequest<EndTxnResponse>
{
    public string TransactionalId { get; set; } = "";
    public long ProducerId { get; set; }
    public short ProducerEpoch { get; set; }
    public bool Committed { get; set; }
}

/// <summary>The result of the decision, and the producer's next epoch.</summary>
/// <remarks>v3 flexible. v5 ProducerId, ProducerEpoch. v1, v2, v4 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.EndTxn, "0-5", Flexible = "3+")]
public sealed partial class EndTxnResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [In("5+", Ignorable = true)] public long ProducerId { get; set; } = -1;
    [In("5+", Ignorable = true)] public short ProducerEpoch { get; set; } = -1;
}
