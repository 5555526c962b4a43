namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the group's epoch, in a consumer group.</summary>
[KafkaRecord(3, "0", Flexible = "0+")]
public sealed partial class ConsumerGroupMetadataValue : IKafkaRecord
{
    public int Epoch { get; set; }
    [Tagged(0, "0+")] public long MetadataHash { get; set; }
}
