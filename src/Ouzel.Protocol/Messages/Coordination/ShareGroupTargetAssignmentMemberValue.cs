namespace Ouzel.Protocol.Messages;

/// <summary>Keeps what a member is to hold, in a share group.</summary>
[KafkaRecord(13, "0", Flexible = "0+")]
public sealed partial class ShareGroupTargetAssignmentMemberValue : IKafkaRecord
{
    public List<TopicPartition> TopicPartitions { get; set; } = [];

    /// <summary>An element of TopicPartitions.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartition
    {
        public Uuid TopicId { get; set; }
        public List<int> Partitions { get; set; } = [];
    }
}
