namespace Ouzel.Protocol.Messages;

/// <summary>Raises or lowers finalized feature levels.</summary>
/// <remarks>v1 no AllowDowngrade, UpgradeType, ValidateOnly. v2 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.UpdateFeatures, "0-2", Flexible = "0+")]
public sealed partial class UpdateFeaturesRequest : IKafkaRequest<UpdateFeaturesResponse>
{
    public int timeoutMs { get; set; } = 60000;
    public List<FeatureUpdateKey> FeatureUpdates { get; set; } = [];
    [In("1+")] public bool ValidateOnly { get; set; }

    /// <summary>An element of FeatureUpdates.</summary>
    [KafkaStruct]
    public sealed partial class FeatureUpdateKey
    {
        public string Feature { get; set; } = "";
        public short MaxVersionLevel { get; set; }
        [In("0")] public bool AllowDowngrade { get; set; }
        [In("1+")] public sbyte UpgradeType { get; set; } = 1;
    }
}

/// <summary>The outcome for each feature.</summary>
/// <remarks>v2 no Results. v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.UpdateFeatures, "0-2", Flexible = "0+")]
public sealed partial class UpdateFeaturesResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    [In("0-1", Ignorable = true)] public List<UpdatableFeatureResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class UpdatableFeatureResult
    {
        public string Feature { get; set; } = "";
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    }
}
