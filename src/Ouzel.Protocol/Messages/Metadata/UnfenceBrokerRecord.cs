namespace Ouzel.Protocol.Messages;

/// <summary>A broker was unfenced (superseded by BrokerRegistrationChangeRecord).</summary>
[KafkaRecord(8, "0", Flexible = "0+")]
public sealed partial class UnfenceBrokerRecord : IKafkaRecord
{
    public int Id { get; set; }
    public long Epoch { get; set; }
}
