namespace Ouzel.Protocol.Messages;

/// <summary>Asks which metrics the broker wants from a client (KIP-714).</summary>
[KafkaRequest(ApiKey.GetTelemetrySubscriptions, "0", Flexible = "0+")]
public sealed partial class GetTelemetrySubscriptionsRequest : IKafkaRequest<GetTelemetrySubscriptionsResponse>
{
    public Uuid ClientInstanceId { get; set; }
}

/// <summary>The metrics wanted and how often.</summary>
[KafkaResponse(ApiKey.GetTelemetrySubscriptions, "0", Flexible = "0+")]
public sealed partial class GetTelemetrySubscriptionsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public Uuid ClientInstanceId { get; set; }
    public int SubscriptionId { get; set; }
    public List<sbyte> AcceptedCompressionTypes { get; set; } = [];
    public int PushIntervalMs { get; set; }
    public int TelemetryMaxBytes { get; set; }
    public bool DeltaTemporality { get; set; }
    public List<string> RequestedMetrics { get; set; } = [];
}
