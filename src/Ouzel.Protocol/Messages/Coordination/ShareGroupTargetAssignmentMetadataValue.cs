namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the epoch of the target assignment, in a share group.</summary>
[KafkaRecord(12, "0", Flexible = "0+")]
public sealed partial class ShareGroupTargetAssignmentMetadataValue : IKafkaRecord
{
    public int AssignmentEpoch { get; set; }
    [Tagged(0, "0+", Ignorable = true)] public long AssignmentTimestamp { get; set; }
}
