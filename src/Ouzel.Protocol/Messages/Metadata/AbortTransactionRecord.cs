namespace Ouzel.Protocol.Messages;

/// <summary>Aborts a transaction of metadata records: what followed its begin is void.</summary>
[KafkaRecord(25, "0", Flexible = "0+")]
public sealed partial class AbortTransactionRecord : IKafkaRecord
{
    [Tagged(0, "0+"), NullIn("0+")] public string? Reason { get; set; }
}
