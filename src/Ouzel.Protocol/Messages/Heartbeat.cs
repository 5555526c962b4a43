namespace Ouzel.Protocol.Messages;

/// <summary>Tells a classic group's coordinator that a member lives.</summary>
/// <remarks>v3 GroupInstanceId. v4 flexible. v1, v2 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.Heartbeat, "0-4", Flexible = "4+")]
public sealed partial class HeartbeatRequest : IKafkaRequest<HeartbeatResponse>
{
    public string GroupId { get; set; } = "";
    public int GenerationId { get; set; }
    public string MemberId { get; set; } = "";
    [In("3+"), NullIn("3+")] public string? GroupInstanceId { get; set; }
}

/// <summary>The member's standing: in the generation still, or an error.</summary>
/// <remarks>v1 ThrottleTimeMs. v4 flexible. v2, v3 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.Heartbeat, "0-4", Flexible = "4+")]
public sealed partial class HeartbeatResponse : IKafkaResponse
{
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
}
