namespace Ouzel.Protocol.Messages;

/// <summary>A block of producer ids was handed to a broker.</summary>
[KafkaRecord(15, "0", Flexible = "0+")]
public sealed partial class ProducerIdsRecord : IKafkaRecord
{
    public int BrokerId { get; set; }
    public long BrokerEpoch { get; set; } = -1;
    public long NextProducerId { get; set; }
}
