namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the settings of topics, brokers and other resources.</summary>
/// <remarks>v1 IncludeSynonyms. v3 IncludeDocumentation. v4 flexible. v2 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DescribeConfigs, "0-4", Flexible = "4+")]
public sealed partial class DescribeConfigsRequest : IKafkaRequest<DescribeConfigsResponse>
{
    public List<DescribeConfigsResource> Resources { get; set; } = [];
    [In("1+")] public bool IncludeSynonyms { get; set; }
    [In("3+")] public bool IncludeDocumentation { get; set; }

    /// <summary>An element of Resources.</summary>
    [KafkaStruct]
    public sealed partial class DescribeConfigsResource
    {
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        [NullIn("0+")] public List<string>? ConfigurationKeys { get; set; } = [];
    }
}

/// <summary>Settings with their values, sources and synonyms.</summary>
/// <remarks>v1 no IsDefault, ConfigSource, Synonyms. v3 ConfigType, Documentation. v4 flexible. v2 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DescribeConfigs, "0-4", Flexible = "4+")]
public sealed partial class DescribeConfigsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<DescribeConfigsResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class DescribeConfigsResult
    {
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        public List<DescribeConfigsResourceResult> Configs { get; set; } = [];
    }

    /// <summary>An element of Configs.</summary>
    [KafkaStruct]
    public sealed partial class DescribeConfigsResourceResult
    {
        public string Name { get; set; } = "";
        [NullIn("0+"), Secret] public string? Value { get; set; } = "";
        public bool ReadOnly { get; set; }
        [In("0")] public bool IsDefault { get; set; }
        [In("1+", Ignorable = true)] public sbyte ConfigSource { get; set; } = -1;
        public bool IsSensitive { get; set; }
        [In("1+", Ignorable = true)] public List<DescribeConfigsSynonym> Synonyms { get; set; } = [];
        [In("3+", Ignorable = true)] public sbyte ConfigType { get; set; }
        [In("3+", Ignorable = true), NullIn("0+")] public string? Documentation { get; set; } = "";
    }

    /// <summary>An element of Synonyms.</summary>
    [KafkaStruct]
    public sealed partial class DescribeConfigsSynonym
    {
        [In("1+")] public string Name { get; set; } = "";
        [In("1+"), NullIn("0+"), Secret] public string? Value { get; set; } = "";
        [In("1+")] public sbyte Source { get; set; }
    }
}
