namespace Ouzel.Protocol.Messages;

/// <summary>A controller's order to stop replicas in the ZooKeeper era; its key is reserved, no version is left.</summary>
[KafkaRequest(ApiKey.StopReplica, "none")]
public sealed partial class StopReplicaRequest : IKafkaRequest<StopReplicaResponse>
{
}

/// <summary>Reserved: no version is left.</summary>
[KafkaResponse(ApiKey.StopReplica, "none")]
public sealed partial class StopReplicaResponse : IKafkaResponse
{
}
