namespace Ouzel.Protocol.Messages;

/// <summary>A partition's whole state.</summary>
/// <remarks>v1 Directories. v2 EligibleLeaderReplicas, LastKnownElr.</remarks>
[KafkaRecord(3, "0-2", Flexible = "0+")]
public sealed partial class PartitionRecord : IKafkaRecord
{
    public int PartitionId { get; set; } = -1;
    public Uuid TopicId { get; set; }
    public List<int> Replicas { get; set; } = [];
    public List<int> Isr { get; set; } = [];
    public List<int> RemovingReplicas { get; set; } = [];
    public List<int> AddingReplicas { get; set; } = [];
    public int Leader { get; set; } = -1;
    [Tagged(0, "0+")] public sbyte LeaderRecoveryState { get; set; }
    public int LeaderEpoch { get; set; } = -1;
    public int PartitionEpoch { get; set; } = -1;
    [In("1+")] public List<Uuid> Directories { get; set; } = [];
    [Tagged(1, "2+"), NullIn("2+")] public List<int>? EligibleLeaderReplicas { get; set; }
    [Tagged(2, "2+"), NullIn("2+")] public List<int>? LastKnownElr { get; set; }
}
