namespace Ouzel.Protocol.Messages;

/// <summary>Extends a delegation token.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.RenewDelegationToken, "0-2", Flexible = "2+")]
public sealed partial class RenewDelegationTokenRequest : IKafkaRequest<RenewDelegationTokenResponse>
{
    [Secret] public ReadOnlyMemory<byte> Hmac { get; set; }
    public long RenewPeriodMs { get; set; }
}

/// <summary>The token's new end.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.RenewDelegationToken, "0-2", Flexible = "2+")]
public sealed partial class RenewDelegationTokenResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    public long ExpiryTimestampMs { get; set; }
    public int ThrottleTimeMs { get; set; }
}
