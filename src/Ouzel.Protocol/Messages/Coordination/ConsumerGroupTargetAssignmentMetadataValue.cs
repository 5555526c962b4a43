namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the epoch of the target assignment, in a consumer group.</summary>
[KafkaRecord(6, "0", Flexible = "0+")]
public sealed partial class ConsumerGroupTargetAssignmentMetadataValue : IKafkaRecord
{
    public int AssignmentEpoch { get; set; }
    [Tagged(0, "0+", Ignorable = true)] public long AssignmentTimestamp { get; set; }
}
