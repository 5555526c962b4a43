namespace Ouzel.Protocol.Messages;

/// <summary>A user's SCRAM credential was set.</summary>
[KafkaRecord(11, "0", Flexible = "0+")]
public sealed partial class UserScramCredentialRecord : IKafkaRecord
{
    public string Name { get; set; } = "";
    public sbyte Mechanism { get; set; }
    [Secret] public ReadOnlyMemory<byte> Salt { get; set; }
    [Secret] public ReadOnlyMemory<byte> StoredKey { get; set; }
    [Secret] public ReadOnlyMemory<byte> ServerKey { get; set; }
    public int Iterations { get; set; }
}
