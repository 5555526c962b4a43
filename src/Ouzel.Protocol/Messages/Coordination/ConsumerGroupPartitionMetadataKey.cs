namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the topics' partition counts (no longer written), in a consumer group.</summary>
[KafkaRecord(4, "0")]
public sealed partial class ConsumerGroupPartitionMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
}
