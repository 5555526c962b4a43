namespace Ouzel.Protocol.Messages;

/// <summary>A remote partition is being deleted.</summary>
[KafkaRecord(2, "0", Flexible = "0+")]
public sealed partial class RemotePartitionDeleteMetadataRecord : IKafkaRecord
{
    public TopicIdPartitionEntry TopicIdPartition { get; set; } = new();
    public int BrokerId { get; set; }
    public long EventTimestampMs { get; set; }
    public sbyte RemotePartitionDeleteState { get; set; }

    /// <summary>The structure of TopicIdPartition.</summary>
    [KafkaStruct]
    public sealed partial class TopicIdPartitionEntry
    {
        public string Name { get; set; } = "";
        public Uuid Id { get; set; }
        public int Partition { get; set; }
    }
}
