namespace Ouzel.Protocol.Messages;

/// <summary>A user's SCRAM credential was removed.</summary>
[KafkaRecord(22, "0", Flexible = "0+")]
public sealed partial class RemoveUserScramCredentialRecord : IKafkaRecord
{
    public string Name { get; set; } = "";
    public sbyte Mechanism { get; set; }
}
