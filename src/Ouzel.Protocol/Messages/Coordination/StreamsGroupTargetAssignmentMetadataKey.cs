namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the epoch of the target assignment, in a streams group.</summary>
[KafkaRecord(20, "0")]
public sealed partial class StreamsGroupTargetAssignmentMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
}
