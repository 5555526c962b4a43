namespace Ouzel.Protocol.Messages;

/// <summary>The producers of a partition as its snapshot file keeps them.</summary>
[KafkaData("1")]
public sealed partial class ProducerSnapshot : IKafkaData
{
    [In("1")] public uint Crc { get; set; }
    [In("1")] public List<ProducerEntry> ProducerEntries { get; set; } = [];

    /// <summary>An element of ProducerEntries.</summary>
    [KafkaStruct]
    public sealed partial class ProducerEntry
    {
        [In("1")] public long ProducerId { get; set; }
        [In("1")] public short Epoch { get; set; }
        [In("1")] public int LastSequence { get; set; }
        [In("1")] public long LastOffset { get; set; }
        [In("1")] public int OffsetDelta { get; set; }
        [In("1")] public long Timestamp { get; set; }
        [In("1")] public int CoordinatorEpoch { get; set; }
        [In("1")] public long CurrentTxnFirstOffset { get; set; }
    }
}
