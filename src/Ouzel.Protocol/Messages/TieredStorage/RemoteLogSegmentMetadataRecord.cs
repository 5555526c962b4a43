namespace Ouzel.Protocol.Messages;

/// <summary>A segment was copied to remote storage.</summary>
[KafkaRecord(0, "0", Flexible = "0+")]
public sealed partial class RemoteLogSegmentMetadataRecord : IKafkaRecord
{
    public RemoteLogSegmentIdEntry RemoteLogSegmentId { get; set; } = new();
    public long StartOffset { get; set; }
    public long EndOffset { get; set; }
    public int BrokerId { get; set; }
    public long MaxTimestampMs { get; set; }
    public long EventTimestampMs { get; set; }
    public List<SegmentLeaderEpochEntry> SegmentLeaderEpochs { get; set; } = [];
    public int SegmentSizeInBytes { get; set; }
    [NullIn("0+")] public ReadOnlyMemory<byte>? CustomMetadata { get; set; }
    public sbyte RemoteLogSegmentState { get; set; }
    [Tagged(0, "0+")] public bool TxnIndexEmpty { get; set; }

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

    /// <summary>An element of SegmentLeaderEpochs.</summary>
    [KafkaStruct]
    public sealed partial class SegmentLeaderEpochEntry
    {
        public int LeaderEpoch { get; set; }
        public long Offset { get; set; }
    }
}
