namespace Ouzel.Protocol.Messages;

/// <summary>A broker was fenced (superseded by BrokerRegistrationChangeRecord).</summary>
[KafkaRecord(7, "0", Flexible = "0+")]
public sealed partial class FenceBrokerRecord : IKafkaRecord
{
    public int Id { get; set; }
    public long Epoch { get; set; }
}
