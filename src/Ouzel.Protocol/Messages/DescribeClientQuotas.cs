namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the quotas that match a filter.</summary>
/// <remarks>v1 flexible.</remarks>
[KafkaRequest(ApiKey.DescribeClientQuotas, "0-1", Flexible = "1+")]
public sealed partial class DescribeClientQuotasRequest : IKafkaRequest<DescribeClientQuotasResponse>
{
    public List<ComponentData> Components { get; set; } = [];
    public bool Strict { get; set; }

    /// <summary>An element of Components.</summary>
    [KafkaStruct]
    public sealed partial class ComponentData
    {
        public string EntityType { get; set; } = "";
        public sbyte MatchType { get; set; }
        [NullIn("0+")] public string? Match { get; set; } = "";
    }
}

/// <summary>The quotas found.</summary>
/// <remarks>v1 flexible.</remarks>
[KafkaResponse(ApiKey.DescribeClientQuotas, "0-1", Flexible = "1+")]
public sealed partial class DescribeClientQuotasResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    [NullIn("0+")] public List<EntryData>? Entries { get; set; } = [];

    /// <summary>An element of Entries.</summary>
    [KafkaStruct]
    public sealed partial class EntryData
    {
        public List<EntityData> Entity { get; set; } = [];
        public List<ValueData> Values { get; set; } = [];
    }

    /// <summary>An element of Entity.</summary>
    [KafkaStruct]
    public sealed partial class EntityData
    {
        public string EntityType { get; set; } = "";
        [NullIn("0+")] public string? EntityName { get; set; } = "";
    }

    /// <summary>An element of Values.</summary>
    [KafkaStruct]
    public sealed partial class ValueData
    {
        public string Key { get; set; } = "";
        public double Value { get; set; }
    }
}
