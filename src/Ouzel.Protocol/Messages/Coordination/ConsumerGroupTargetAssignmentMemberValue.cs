namespace Ouzel.Protocol.Messages;

/// <summary>Keeps what a member is to hold, in a consumer group.</summary>
[KafkaRecord(7, "0", Flexible = "0+")]
public sealed partial class ConsumerGroupTargetAssignmentMemberValue : IKafkaRecord
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
