namespace Ouzel.Protocol.Messages;

/// <summary>Registers a group's offsets with a transaction.</summary>
/// <remarks>v3 flexible. v1, v2, v4 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.AddOffsetsToTxn, "0-4", Flexible = "3+")]
public sealed partial class AddOffsetsToTxnRequest : IKafkaRequest<AddOffsetsToTxnResponse>
{
    public string TransactionalId { get; set; } = "";
    public long ProducerId { get; set; }
    public short ProducerEpoch { get; set; }
    public string GroupId { get; set; } = "";
}

/// <summary>The result of adding the group's offsets to the transaction.</summary>
/// <remarks>v3 flexible. v1, v2, v4 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.AddOffsetsToTxn, "0-4", Flexible = "3+")]
public sealed partial class AddOffsetsToTxnResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
}
