namespace Ouzel.Protocol.Messages;

/// <summary>A remote segment's state changed.</summary>
[KafkaRecord(1, "0", Flexible = "0+")]
public sealed partial class RemoteLogSegmentMetadataUpdateRecord : IKafkaRecord
{
    public RemoteLogSegmentIdEntry RemoteLogSegmentId { get; set; } = new();
    public int BrokerId { get; set; }
    public long EventTimestampMs { get; set; }
    [NullIn("0+")] public ReadOnlyMemory<byte>? CustomMetadata { get; set; }
    public sbyte RemoteLogSegmentState { get; set; }

    /// <summary>The structure of RemoteLogSegmentId.</summary>
    [KafkaStruct]
    public sealed partial class RemoteLogSegmentIdEntry
    {
        public TopicIdPartitionEntry TopicIdPartition { get; set; } = new();
        public Uuid Id { get; set; }
    }

    /// <summary>The structure of TopicIdPartition.</summary>
    [KafkaStruct]
    public sealed partial class TopicIdPartitionEntry
    {
        public string Name { get; set; } = "";
        public Uuid Id { get; set; }
        public int Partition { get; set; }
    }
}
