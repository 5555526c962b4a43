namespace Ouzel.Protocol.Messages;

/// <summary>Sets or removes quotas.</summary>
/// <remarks>v1 flexible.</remarks>
[KafkaRequest(ApiKey.AlterClientQuotas, "0-1", Flexible = "1+")]
public sealed partial class AlterClientQuotasRequest : IKafkaRequest<AlterClientQuotasResponse>
{
    public List<EntryData> Entries { get; set; } = [];
    public bool ValidateOnly { get; set; }

    /// <summary>An element of Entries.</summary>
    [KafkaStruct]
    public sealed partial class EntryData
    {
        public List<EntityData> Entity { get; set; } = [];
        public List<OpData> Ops { get; set; } = [];
    }

    /// <summary>An element of Entity.</summary>
    [KafkaStruct]
    public sealed partial class EntityData
    {
        public string EntityType { get; set; } = "";
        [NullIn("0+")] public string? EntityName { get; set; } = "";
    }

    /// <summary>An element of Ops.</summary>
    [KafkaStruct]
    public sealed partial class OpData
    {
        public string Key { get; set; } = "";
        public double Value { get; set; }
        public bool Remove { get; set; }
    }
}

/// <summary>The outcome for each entity.</summary>
/// <remarks>v1 flexible.</remarks>
[KafkaResponse(ApiKey.AlterClientQuotas, "0-1", Flexible = "1+")]
public sealed partial class AlterClientQuotasResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<EntryData> Entries { get; set; } = [];

    /// <summary>An element of Entries.</summary>
    [KafkaStruct]
    public sealed partial class EntryData
    {
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
        public List<EntityData> Entity { get; set; } = [];
    }

    /// <summary>An element of Entity.</summary>
    [KafkaStruct]
    public sealed partial class EntityData
    {
        public string EntityType { get; set; } = "";
        [NullIn("0+")] public string? EntityName { get; set; } = "";
    }
}
