namespace Ouzel.Protocol.Messages;

/// <summary>A dynamic setting of a resource was set, or removed when the value is null.</summary>
[KafkaRecord(4, "0", Flexible = "0+")]
public sealed partial class ConfigRecord : IKafkaRecord
{
    public sbyte ResourceType { get; set; }
    public string ResourceName { get; set; } = "";
    public string Name { get; set; } = "";
    [NullIn("0+"), Secret] public string? Value { get; set; } = "";
}
