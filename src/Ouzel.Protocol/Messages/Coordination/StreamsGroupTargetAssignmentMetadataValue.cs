namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the epoch of the target assignment, in a streams group.</summary>
[KafkaRecord(20, "0", Flexible = "0+")]
public sealed partial class StreamsGroupTargetAssignmentMetadataValue : IKafkaRecord
{
    public int AssignmentEpoch { get; set; }
    [Tagged(0, "0+", Ignorable = true)] public long AssignmentTimestamp { get; set; }
}
