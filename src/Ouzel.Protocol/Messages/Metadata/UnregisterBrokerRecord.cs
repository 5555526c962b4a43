namespace Ouzel.Protocol.Messages;

/// <summary>A broker's registration was removed.</summary>
[KafkaRecord(1, "0", Flexible = "0+")]
public sealed partial class UnregisterBrokerRecord : IKafkaRecord
{
    public int BrokerId { get; set; }
    public long BrokerEpoch { get; set; }
}
