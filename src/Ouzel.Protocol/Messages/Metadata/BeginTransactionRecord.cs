namespace Ouzel.Protocol.Messages;

/// <summary>Begins a transaction of metadata records (KIP-868).</summary>
[KafkaRecord(23, "0", Flexible = "0+")]
public sealed partial class BeginTransactionRecord : IKafkaRecord
{
    [Tagged(0, "0+"), NullIn("0+")] public string? Name { get; set; }
}
