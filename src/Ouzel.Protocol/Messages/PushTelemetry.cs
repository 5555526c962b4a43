namespace Ouzel.Protocol.Messages;

/// <summary>Carries a client's metrics (KIP-714).</summary>
[KafkaRequest(ApiKey.PushTelemetry, "0", Flexible = "0+")]
public sealed partial class PushTelemetryRequest : IKafkaRequest<PushTelemetryResponse>
{
    public Uuid ClientInstanceId { get; set; }
    public int SubscriptionId { get; set; }
    public bool Terminating { get; set; }
    public sbyte CompressionType { get; set; }
    public ReadOnlyMemory<byte> Metrics { get; set; }
}

/// <summary>The result of taking the metrics.</summary>
[KafkaResponse(ApiKey.PushTelemetry, "0", Flexible = "0+")]
public sealed partial class PushTelemetryResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
}
