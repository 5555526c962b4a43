namespace Ouzel.Protocol.Messages;

/// <summary>A remote segment as a snapshot lists it.</summary>
[KafkaRecord(3, "0", Flexible = "0+")]
public sealed partial class RemoteLogSegmentMetadataSnapshotRecord : IKafkaRecord
{
    public Uuid SegmentId { get; set; }
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

    /// <summary>An element of SegmentLeaderEpochs.</summary>
    [KafkaStruct]
    public sealed partial class SegmentLeaderEpochEntry
    {
        public int LeaderEpoch { get; set; }
        public long Offset { get; set; }
    }
}
