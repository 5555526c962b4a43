namespace Ouzel.Protocol.Messages;

/// <summary>An access rule was removed.</summary>
[KafkaRecord(19, "0", Flexible = "0+")]
public sealed partial class RemoveAccessControlEntryRecord : IKafkaRecord
{
    public Uuid Id { get; set; }
}
