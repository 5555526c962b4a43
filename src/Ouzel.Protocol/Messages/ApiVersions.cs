namespace Ouzel.Protocol.Messages;

/// <summary>Asks which APIs and versions the node serves; the first request of most connections.</summary>
/// <remarks>v3 flexible, ClientSoftwareName, ClientSoftwareVersion. v5 ClusterId, NodeId (KIP-1242). v1, v2, v4 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.ApiVersions, "0-5", Flexible = "3+")]
public sealed partial class ApiVersionsRequest : IKafkaRequest<ApiVersionsResponse>
{
    [In("3+", Ignorable = true)] public string ClientSoftwareName { get; set; } = "";
    [In("3+", Ignorable = true)] public string ClientSoftwareVersion { get; set; } = "";
    [In("5+", Ignorable = true), NullIn("5+")] public string? ClusterId { get; set; }
    [In("5+", Ignorable = true)] public int NodeId { get; set; } = -1;
}

/// <summary>The served versions and the cluster's features. Its header is always version 0.</summary>
/// <remarks>
/// v1 ThrottleTimeMs. v3 flexible, SupportedFeatures, FinalizedFeaturesEpoch, FinalizedFeatures, ZkMigrationReady. v2, v4, v5 have the
/// fields of the version before.
/// </remarks>
[KafkaResponse(ApiKey.ApiVersions, "0-5", Flexible = "3+")]
public sealed partial class ApiVersionsResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    public List<ApiVersion> ApiKeys { get; set; } = [];
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    [Tagged(0, "3+", Ignorable = true)] public List<SupportedFeatureKey> SupportedFeatures { get; set; } = [];
    [Tagged(1, "3+", Ignorable = true)] public long FinalizedFeaturesEpoch { get; set; } = -1;
    [Tagged(2, "3+", Ignorable = true)] public List<FinalizedFeatureKey> FinalizedFeatures { get; set; } = [];
    [Tagged(3, "3+", Ignorable = true)] public bool ZkMigrationReady { get; set; }

    /// <summary>An element of ApiKeys.</summary>
    [KafkaStruct]
    public sealed partial class ApiVersion
    {
        public short ApiKey { get; set; }
        public short MinVersion { get; set; }
        public short MaxVersion { get; set; }
    }

    /// <summary>An element of SupportedFeatures.</summary>
    [KafkaStruct]
    public sealed partial class SupportedFeatureKey
    {
        [In("3+")] public string Name { get; set; } = "";
        [In("3+")] public short MinVersion { get; set; }
        [In("3+")] public short MaxVersion { get; set; }
    }

    /// <summary>An element of FinalizedFeatures.</summary>
    [KafkaStruct]
    public sealed partial class FinalizedFeatureKey
    {
        [In("3+")] public string Name { get; set; } = "";
        [In("3+")] public short MaxVersionLevel { get; set; }
        [In("3+")] public short MinVersionLevel { get; set; }
    }
}
