namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the names of resources that have settings.</summary>
/// <remarks>v1 ResourceTypes.</remarks>
[KafkaRequest(ApiKey.ListConfigResources, "0-1", Flexible = "0+")]
public sealed partial class ListConfigResourcesRequest : IKafkaRequest<ListConfigResourcesResponse>
{
    [In("1+")] public List<sbyte> ResourceTypes { get; set; } = [];
}

/// <summary>The resources found.</summary>
/// <remarks>v1 ResourceType.</remarks>
[KafkaResponse(ApiKey.ListConfigResources, "0-1", Flexible = "0+")]
public sealed partial class ListConfigResourcesResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public List<ConfigResource> ConfigResources { get; set; } = [];

    /// <summary>An element of ConfigResources.</summary>
    [KafkaStruct]
    public sealed partial class ConfigResource
    {
        public string ResourceName { get; set; } = "";
        [In("1+", Ignorable = true)] public sbyte ResourceType { get; set; } = 16;
    }
}
