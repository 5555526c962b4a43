namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the delegation tokens of owners.</summary>
/// <remarks>v2 flexible. v1, v3 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DescribeDelegationToken, "0-3", Flexible = "2+")]
public sealed partial class DescribeDelegationTokenRequest : IKafkaRequest<DescribeDelegationTokenResponse>
{
    [NullIn("0+")] public List<DescribeDelegationTokenOwner>? Owners { get; set; } = [];

    /// <summary>An element of Owners.</summary>
    [KafkaStruct]
    public sealed partial class DescribeDelegationTokenOwner
    {
        public string PrincipalType { get; set; } = "";
        public string PrincipalName { get; set; } = "";
    }
}

/// <summary>The tokens found.</summary>
/// <remarks>v2 flexible. v3 TokenRequesterPrincipalType, TokenRequesterPrincipalName. v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DescribeDelegationToken, "0-3", Flexible = "2+")]
public sealed partial class DescribeDelegationTokenResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    public List<DescribedDelegationToken> Tokens { get; set; } = [];
    public int ThrottleTimeMs { get; set; }

    /// <summary>An element of Tokens.</summary>
    [KafkaStruct]
    public sealed partial class DescribedDelegationToken
    {
        public string PrincipalType { get; set; } = "";
        public string PrincipalName { get; set; } = "";
        [In("3+")] public string TokenRequesterPrincipalType { get; set; } = "";
        [In("3+")] public string TokenRequesterPrincipalName { get; set; } = "";
        public long IssueTimestamp { get; set; }
        public long ExpiryTimestamp { get; set; }
        public long MaxTimestamp { get; set; }
        public string TokenId { get; set; } = "";
        [Secret] public ReadOnlyMemory<byte> Hmac { get; set; }
        public List<DescribedDelegationTokenRenewer> Renewers { get; set; } = [];
    }

    /// <summary>An element of Renewers.</summary>
    [KafkaStruct]
    public sealed partial class DescribedDelegationTokenRenewer
    {
        public string PrincipalType { get; set; } = "";
        public string PrincipalName { get; set; } = "";
    }
}
