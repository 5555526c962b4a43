namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the group's epoch, in a consumer group.</summary>
[KafkaRecord(3, "0")]
public sealed partial class ConsumerGroupMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
}
