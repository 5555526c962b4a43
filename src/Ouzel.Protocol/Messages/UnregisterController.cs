namespace Ouzel.Protocol.Messages;

/// <summary>Removes a controller's registration (KIP-1312).</summary>
[KafkaRequest(ApiKey.UnregisterController, "0", Flexible = "0+")]
public sealed partial class UnregisterControllerRequest : IKafkaRequest<UnregisterControllerResponse>
{
    public int ControllerId { get; set; }
}

/// <summary>The result of removing the registration.</summary>
[KafkaResponse(ApiKey.UnregisterController, "0", Flexible = "0+")]
public sealed partial class UnregisterControllerResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
}
