namespace Ouzel.Protocol.Messages;

/// <summary>Ends a transaction of metadata records: what followed its begin counts.</summary>
[KafkaRecord(24, "0", Flexible = "0+")]
public sealed partial class EndTransactionRecord : IKafkaRecord
{
}
