namespace Ouzel.Protocol.Messages;

/// <summary>Control record: the start of a snapshot.</summary>
[KafkaData("0", Flexible = "0+")]
public sealed partial class SnapshotHeaderRecord : IKafkaData
{
    public short Version { get; set; }
    public long LastContainedLogTimestamp { get; set; }
}
