namespace Ouzel.Protocol.Messages;

/// <summary>A request forwarded by a broker in a client's name.</summary>
[KafkaRequest(ApiKey.Envelope, "0", Flexible = "0+")]
public sealed partial class EnvelopeRequest : IKafkaRequest<EnvelopeResponse>
{
    [Secret] public ReadOnlyMemory<byte> RequestData { get; set; }
    [NullIn("0+"), Secret] public ReadOnlyMemory<byte>? RequestPrincipal { get; set; } = ReadOnlyMemory<byte>.Empty;
    public ReadOnlyMemory<byte> ClientHostAddress { get; set; }
}

/// <summary>The response to the forwarded request.</summary>
[KafkaResponse(ApiKey.Envelope, "0", Flexible = "0+")]
public sealed partial class EnvelopeResponse : IKafkaResponse
{
    [NullIn("0+"), Secret] public ReadOnlyMemory<byte>? ResponseData { get; set; }
    public ErrorCode ErrorCode { get; set; }
}
