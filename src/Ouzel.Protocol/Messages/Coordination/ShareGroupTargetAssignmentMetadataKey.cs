namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the epoch of the target assignment, in a share group.</summary>
[KafkaRecord(12, "0")]
public sealed partial class ShareGroupTargetAssignmentMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
}
