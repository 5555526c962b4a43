namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the share partitions whose state exists, in a share group.</summary>
[KafkaRecord(15, "0", Flexible = "0+")]
public sealed partial class ShareGroupStatePartitionMetadataValue : IKafkaRecord
{
    public List<TopicPartitionsInfo> InitializingTopics { get; set; } = [];
    public List<TopicPartitionsInfo> InitializedTopics { get; set; } = [];
    public List<TopicInfo> DeletingTopics { get; set; } = [];

    /// <summary>The structure shared by InitializingTopics and InitializedTopics.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartitionsInfo
    {
        public Uuid TopicId { get; set; }
        public string TopicName { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }

    /// <summary>An element of DeletingTopics.</summary>
    [KafkaStruct]
    public sealed partial class TopicInfo
    {
        public Uuid TopicId { get; set; }
        public string TopicName { get; set; } = "";
    }
}
