namespace Ouzel.Protocol.Messages;

/// <summary>A share partition's full state.</summary>
[KafkaRecord(0, "0", Flexible = "0+")]
public sealed partial class ShareSnapshotValue : IKafkaRecord
{
    public int SnapshotEpoch { get; set; }
    public int StateEpoch { get; set; }
    public int LeaderEpoch { get; set; }
    public long StartOffset { get; set; }
    [Tagged(0, "0+")] public int DeliveryCompleteCount { get; set; } = -1;
    public long CreateTimestamp { get; set; }
    public long WriteTimestamp { get; set; }
    public List<StateBatch> StateBatches { get; set; } = [];

    /// <summary>An element of StateBatches.</summary>
    [KafkaStruct]
    public sealed partial class StateBatch
    {
        public long FirstOffset { get; set; }
        public long LastOffset { get; set; }
        public sbyte DeliveryState { get; set; }
        public short DeliveryCount { get; set; }
    }
}
