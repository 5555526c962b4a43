namespace Ouzel.Protocol.Messages;

/// <summary>Keeps what a member holds at present, in a share group.</summary>
[KafkaRecord(14, "0", Flexible = "0+")]
public sealed partial class ShareGroupCurrentMemberAssignmentValue : IKafkaRecord
{
    public int MemberEpoch { get; set; }
    public int PreviousMemberEpoch { get; set; }
    public sbyte State { get; set; }
    public List<TopicPartitions> AssignedPartitions { get; set; } = [];

    /// <summary>An element of AssignedPartitions.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartitions
    {
        public Uuid TopicId { get; set; }
        public List<int> Partitions { get; set; } = [];
    }
}
