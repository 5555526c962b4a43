namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the group's epoch, in a share group.</summary>
[KafkaRecord(11, "0", Flexible = "0+")]
public sealed partial class ShareGroupMetadataValue : IKafkaRecord
{
    public int Epoch { get; set; }
    public long MetadataHash { get; set; }
}
