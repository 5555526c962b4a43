namespace Ouzel.Protocol.Messages;

/// <summary>A quota was set or removed.</summary>
[KafkaRecord(14, "0", Flexible = "0+")]
public sealed partial class ClientQuotaRecord : IKafkaRecord
{
    public List<EntityData> Entity { get; set; } = [];
    public string Key { get; set; } = "";
    public double Value { get; set; }
    public bool Remove { get; set; }

    /// <summary>An element of Entity.</summary>
    [KafkaStruct]
    public sealed partial class EntityData
    {
        public string EntityType { get; set; } = "";
        [NullIn("0+")] public string? EntityName { get; set; } = "";
    }
}
