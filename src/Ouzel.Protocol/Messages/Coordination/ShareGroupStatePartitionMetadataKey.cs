namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the share partitions whose state exists, in a share group.</summary>
[KafkaRecord(15, "0")]
public sealed partial class ShareGroupStatePartitionMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
}
