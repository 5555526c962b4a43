namespace Ouzel.Protocol.Messages;

/// <summary>Carries one token of a SASL exchange.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.SaslAuthenticate, "0-2", Flexible = "2+")]
public sealed partial class SaslAuthenticateRequest : IKafkaRequest<SaslAuthenticateResponse>
{
    [Secret] public ReadOnlyMemory<byte> AuthBytes { get; set; }
}

/// <summary>The server's token, and how long the session lasts.</summary>
/// <remarks>v1 SessionLifetimeMs. v2 flexible.</remarks>
[KafkaResponse(ApiKey.SaslAuthenticate, "0-2", Flexible = "2+")]
public sealed partial class SaslAuthenticateResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    [Secret] public ReadOnlyMemory<byte> AuthBytes { get; set; }
    [In("1+", Ignorable = true)] public long SessionLifetimeMs { get; set; }
}
