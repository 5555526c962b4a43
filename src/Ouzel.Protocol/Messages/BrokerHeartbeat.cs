namespace Ouzel.Protocol.Messages;

/// <summary>A broker's sign of life, and its wish to be fenced or to stop.</summary>
/// <remarks>v1 OfflineLogDirs. v2 CordonedLogDirs (KIP-1066).</remarks>
[KafkaRequest(ApiKey.BrokerHeartbeat, "0-2", Flexible = "0+")]
public sealed partial class BrokerHeartbeatRequest : IKafkaRequest<BrokerHeartbeatResponse>
{
    public int BrokerId { get; set; }
    public long BrokerEpoch { get; set; } = -1;
    public long CurrentMetadataOffset { get; set; }
    public bool WantFence { get; set; }
    public bool WantShutDown { get; set; }
    [Tagged(0, "1+")] public List<Uuid> OfflineLogDirs { get; set; } = [];
    [Tagged(1, "2+"), NullIn("2+")] public List<Uuid>? CordonedLogDirs { get; set; }
}

/// <summary>The broker's state as the controller sees it.</summary>
/// <remarks>v1, v2 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.BrokerHeartbeat, "0-2", Flexible = "0+")]
public sealed partial class BrokerHeartbeatResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public bool IsCaughtUp { get; set; }
    public bool IsFenced { get; set; } = true;
    public bool ShouldShutDown { get; set; }
}
