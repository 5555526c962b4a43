namespace Ouzel.Protocol.Messages;

/// <summary>An entry of a transaction index after its version: an aborted transaction and how far it reached.</summary>
[KafkaData("0")]
public sealed partial class AbortedTxn : IKafkaData
{
    public long ProducerId { get; set; }
    public long FirstOffset { get; set; }
    public long LastOffset { get; set; }
    public long LastStableOffset { get; set; }
}
