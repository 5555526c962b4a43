namespace Ouzel.Protocol.Messages;

/// <summary>A control record's key after its version: which kind of control record it is.</summary>
[KafkaData("0")]
public sealed partial class ControlRecordTypeSchema : IKafkaData
{
    public short Type { get; set; }
}
