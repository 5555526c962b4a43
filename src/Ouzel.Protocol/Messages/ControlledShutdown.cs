namespace Ouzel.Protocol.Messages;

/// <summary>A broker's farewell to its controller in the ZooKeeper era; its key is reserved, no version is left.</summary>
[KafkaRequest(ApiKey.ControlledShutdown, "none")]
public sealed partial class ControlledShutdownRequest : IKafkaRequest<ControlledShutdownResponse>
{
}

/// <summary>Reserved: no version is left.</summary>
[KafkaResponse(ApiKey.ControlledShutdown, "none")]
public sealed partial class ControlledShutdownResponse : IKafkaResponse
{
}
