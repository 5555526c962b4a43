namespace Ouzel.Protocol.Messages;

/// <summary>A change to a share partition's state since its last snapshot.</summary>
[KafkaRecord(1, "0", Flexible = "0+")]
public sealed partial class ShareUpdateValue : IKafkaRecord
{
    public int SnapshotEpoch { get; set; }
    public int LeaderEpoch { get; set; }
    public long StartOffset { get; set; }
    [Tagged(0, "0+")] public int DeliveryCompleteCount { get; set; } = -1;
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
