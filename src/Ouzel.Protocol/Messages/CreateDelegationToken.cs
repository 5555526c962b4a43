namespace Ouzel.Protocol.Messages;

/// <summary>Issues a delegation token.</summary>
/// <remarks>v2 flexible. v3 OwnerPrincipalType, OwnerPrincipalName. v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.CreateDelegationToken, "0-3", Flexible = "2+")]
public sealed partial class CreateDelegationTokenRequest : IKafkaRequest<CreateDelegationTokenResponse>
{
    [In("3+"), NullIn("3+")] public string? OwnerPrincipalType { get; set; } = "";
    [In("3+"), NullIn("3+")] public string? OwnerPrincipalName { get; set; } = "";
    public List<CreatableRenewers> Renewers { get; set; } = [];
    public long MaxLifetimeMs { get; set; }

    /// <summary>An element of Renewers.</summary>
    [KafkaStruct]
    public sealed partial class CreatableRenewers
    {
        public string PrincipalType { get; set; } = "";
        public string PrincipalName { get; set; } = "";
    }
}

/// <summary>The token, its secret and its times.</summary>
/// <remarks>v2 flexible. v3 TokenRequesterPrincipalType, TokenRequesterPrincipalName. v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.CreateDelegationToken, "0-3", Flexible = "2+")]
public sealed partial class CreateDelegationTokenResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    public string PrincipalType { get; set; } = "";
    public string PrincipalName { get; set; } = "";
    [In("3+")] public string TokenRequesterPrincipalType { get; set; } = "";
    [In("3+")] public string TokenRequesterPrincipalName { get; set; } = "";
    public long IssueTimestampMs { get; set; }
    public long ExpiryTimestampMs { get; set; }
    public long MaxTimestampMs { get; set; }
    public string TokenId { get; set; } = "";
    [Secret] public ReadOnlyMemory<byte> Hmac { get; set; }
    public int ThrottleTimeMs { get; set; }
}
