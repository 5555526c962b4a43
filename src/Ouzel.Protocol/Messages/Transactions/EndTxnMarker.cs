namespace Ouzel.Protocol.Messages;

/// <summary>The value of a transaction's end marker in a partition.</summary>
[KafkaData("0")]
public sealed partial class EndTxnMarker : IKafkaData
{
    public int CoordinatorEpoch { get; set; }
}
