namespace Ouzel.Protocol.Messages;

/// <summary>A controller's push of leaders and replicas in the ZooKeeper era; its key is reserved, no version is left.</summary>
[KafkaRequest(ApiKey.LeaderAndIsr, "none")]
public sealed partial class LeaderAndIsrRequest : IKafkaRequest<LeaderAndIsrResponse>
{
}

/// <summary>Reserved: no version is left.</summary>
[KafkaResponse(ApiKey.LeaderAndIsr, "none")]
public sealed partial class LeaderAndIsrResponse : IKafkaResponse
{
}
