namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the topics' partition counts (no longer written), in a consumer group.</summary>
[KafkaRecord(4, "0", Flexible = "0+")]
public sealed partial class ConsumerGroupPartitionMetadataValue : IKafkaRecord
{
    public List<TopicMetadata> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicMetadata
    {
        public Uuid TopicId { get; set; }
        public string TopicName { get; set; } = "";
        public int NumPartitions { get; set; }
        public List<PartitionMetadata> PartitionMetadata { get; set; } = [];
    }

    /// <summary>An element of PartitionMetadata.</summary>
    [KafkaStruct]
    public sealed partial class PartitionMetadata
    {
        public int Partition { get; set; }
        public List<string> Racks { get; set; } = [];
    }
}
