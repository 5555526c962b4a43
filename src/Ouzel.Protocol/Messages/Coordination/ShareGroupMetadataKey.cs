namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the group's epoch, in a share group.</summary>
[KafkaRecord(11, "0")]
public sealed partial class ShareGroupMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
}
