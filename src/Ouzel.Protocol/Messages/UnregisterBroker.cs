namespace Ouzel.Protocol.Messages;

/// <summary>Removes a broker's registration.</summary>
[KafkaRequest(ApiKey.UnregisterBroker, "0", Flexible = "0+")]
public sealed partial class UnregisterBrokerRequest : IKafkaRequest<UnregisterBrokerResponse>
{
    public int BrokerId { get; set; }
}

/// <summary>The result of removing the registration.</summary>
[KafkaResponse(ApiKey.UnregisterBroker, "0", Flexible = "0+")]
public sealed partial class UnregisterBrokerResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
}
