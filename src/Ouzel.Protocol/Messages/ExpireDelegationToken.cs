namespace Ouzel.Protocol.Messages;

/// <summary>Ends a delegation token early.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.ExpireDelegationToken, "0-2", Flexible = "2+")]
public sealed partial class ExpireDelegationTokenRequest : IKafkaRequest<ExpireDelegationTokenResponse>
{
    [Secret] public ReadOnlyMemory<byte> Hmac { get; set; }
    public long ExpiryTimePeriodMs { get; set; }
}

/// <summary>The token's new end.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.ExpireDelegationToken, "0-2", Flexible = "2+")]
public sealed partial class ExpireDelegationTokenResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    public long ExpiryTimestampMs { get; set; }
    public int ThrottleTimeMs { get; set; }
}
