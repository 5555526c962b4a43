namespace Ouzel.Protocol.Messages;

/// <summary>Control record: the quorum's protocol version.</summary>
[KafkaData("0", Flexible = "0+")]
public sealed partial class KRaftVersionRecord : IKafkaData
{
    public short Version { get; set; }
    public short KRaftVersion { get; set; }
}
