namespace Ouzel.Protocol.Messages;

/// <summary>An access rule was added.</summary>
[KafkaRecord(18, "0", Flexible = "0+")]
public sealed partial class AccessControlEntryRecord : IKafkaRecord
{
    public Uuid Id { get; set; }
    public sbyte ResourceType { get; set; }
    public string ResourceName { get; set; } = "";
    public sbyte PatternType { get; set; }
    public string Principal { get; set; } = "";
    public string Host { get; set; } = "";
    public sbyte Operation { get; set; }
    public sbyte PermissionType { get; set; }
}
