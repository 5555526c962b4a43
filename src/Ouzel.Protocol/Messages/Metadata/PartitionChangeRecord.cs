namespace Ouzel.Protocol.Messages;

/// <summary>A change of a partition; an absent field means no change.</summary>
/// <remarks>v1 Directories. v2 EligibleLeaderReplicas, LastKnownElr.</remarks>
[KafkaRecord(5, "0-2", Flexible = "0+")]
public sealed partial class PartitionChangeRecord : IKafkaRecord
{
    public int PartitionId { get; set; } = -1;
    public Uuid TopicId { get; set; }
    [Tagged(0, "0+"), NullIn("0+")] public List<int>? Isr { get; set; }
    [Tagged(1, "0+")] public int Leader { get; set; } = -2;
    [Tagged(2, "0+"), NullIn("0+")] public List<int>? Replicas { get; set; }
    [Tagged(3, "0+"), NullIn("0+")] public List<int>? RemovingReplicas { get; set; }
    [Tagged(4, "0+"), NullIn("0+")] public List<int>? AddingReplicas { get; set; }
    [Tagged(5, "0+")] public sbyte LeaderRecoveryState { get; set; } = -1;
    [Tagged(8, "1+"), NullIn("1+")] public List<Uuid>? Directories { get; set; }
    [Tagged(6, "2+"), NullIn("2+")] public List<int>? EligibleLeaderReplicas { get; set; }
    [Tagged(7, "2+"), NullIn("2+")] public List<int>? LastKnownElr { get; set; }
}
