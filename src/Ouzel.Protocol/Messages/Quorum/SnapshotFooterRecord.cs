namespace Ouzel.Protocol.Messages;

/// <summary>Control record: the end of a snapshot.</summary>
[KafkaData("0", Flexible = "0+")]
public sealed partial class SnapshotFooterRecord : IKafkaData
{
    public short Version { get; set; }
}
