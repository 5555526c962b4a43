namespace Ouzel.Protocol.Messages;

/// <summary>Replaces all dynamic settings of resources; IncrementalAlterConfigs took its place.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.AlterConfigs, "0-2", Flexible = "2+")]
public sealed partial class AlterConfigsRequest : IKafkaRequest<AlterConfigsResponse>
{
    public List<AlterConfigsResource> Resources { get; set; } = [];
    public bool ValidateOnly { get; set; }

    /// <summary>An element of Resources.</summary>
    [KafkaStruct]
    public sealed partial class AlterConfigsResource
    {
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        public List<AlterableConfig> Configs { get; set; } = [];
    }

    /// <summary>An element of Configs.</summary>
    [KafkaStruct]
    public sealed partial class AlterableConfig
    {
        public string Name { get; set; } = "";
        [NullIn("0+"), Secret] public string? Value { get; set; } = "";
    }
}

/// <summary>The outcome for each resource.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.AlterConfigs, "0-2", Flexible = "2+")]
public sealed partial class AlterConfigsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<AlterConfigsResourceResponse> Responses { get; set; } = [];

    /// <summary>An element of Responses.</summary>
    [KafkaStruct]
    public sealed partial class AlterConfigsResourceResponse
    {
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
    }
}
