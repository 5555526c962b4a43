namespace Ouzel.Protocol.Messages;

/// <summary>Sets, deletes, appends to or subtracts from single settings.</summary>
/// <remarks>v1 flexible.</remarks>
[KafkaRequest(ApiKey.IncrementalAlterConfigs, "0-1", Flexible = "1+")]
public sealed partial class IncrementalAlterConfigsRequest : IKafkaRequest<IncrementalAlterConfigsResponse>
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
        public sbyte ConfigOperation { get; set; }
        [NullIn("0+"), Secret] public string? Value { get; set; } = "";
    }
}

/// <summary>The outcome for each resource.</summary>
/// <remarks>v1 flexible.</remarks>
[KafkaResponse(ApiKey.IncrementalAlterConfigs, "0-1", Flexible = "1+")]
public sealed partial class IncrementalAlterConfigsResponse : IKafkaResponse
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
