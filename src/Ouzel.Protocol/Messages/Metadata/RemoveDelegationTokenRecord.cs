namespace Ouzel.Protocol.Messages;

/// <summary>A delegation token was removed.</summary>
[KafkaRecord(26, "0", Flexible = "0+")]
public sealed partial class RemoveDelegationTokenRecord : IKafkaRecord
{
    public string TokenId { get; set; } = "";
}
