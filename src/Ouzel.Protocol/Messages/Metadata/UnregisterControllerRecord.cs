namespace Ouzel.Protocol.Messages;

/// <summary>A controller's registration was removed (KIP-1312).</summary>
[KafkaRecord(29, "0", Flexible = "0+")]
public sealed partial class UnregisterControllerRecord : IKafkaRecord
{
    public int ControllerId { get; set; }
}
