namespace Ouzel.Protocol.Messages;

/// <summary>Keeps what a member holds at present, in a consumer group.</summary>
[KafkaRecord(8, "0", Flexible = "0+")]
public sealed partial class ConsumerGroupCurrentMemberAssignmentValue : IKafkaRecord
{
    public int MemberEpoch { get; set; }
    public int PreviousMemberEpoch { get; set; }
    public sbyte State { get; set; }
    public List<TopicPartitions> AssignedPartitions { get; set; } = [];
    public List<TopicPartitions> PartitionsPendingRevocation { get; set; } = [];

    /// <summary>The structure shared by AssignedPartitions and PartitionsPendingRevocation.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartitions
    {
        public Uuid TopicId { get; set; }
        public List<int> Partitions { get; set; } = [];
        [Tagged(0, "0+"), NullIn("0+")] public List<int>? AssignmentEpochs { get; set; } = [];
    }
}
