namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the epoch of the target assignment, in a consumer group.</summary>
[KafkaRecord(6, "0")]
public sealed partial class ConsumerGroupTargetAssignmentMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
}
