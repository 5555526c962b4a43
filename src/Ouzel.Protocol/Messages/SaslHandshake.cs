namespace Ouzel.Protocol.Messages;

/// <summary>Chooses the SASL mechanism of the connection.</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.SaslHandshake, "0-1")]
public sealed partial class SaslHandshakeRequest : IKafkaRequest<SaslHandshakeResponse>
{
    public string Mechanism { get; set; } = "";
}

/// <summary>The mechanisms on offer, and an error when the one asked for is not among them.</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.SaslHandshake, "0-1")]
public sealed partial class SaslHandshakeResponse : IKafkaResponse
{
    public ErrorCode ErrorCode { get; set; }
    public List<string> Mechanisms { get; set; } = [];
}
