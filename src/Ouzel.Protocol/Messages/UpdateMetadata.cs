namespace Ouzel.Protocol.Messages;

/// <summary>A controller's push of metadata in the ZooKeeper era; its key is reserved, no version is left.</summary>
[KafkaRequest(ApiKey.UpdateMetadata, "none")]
public sealed partial class UpdateMetadataRequest : IKafkaRequest<UpdateMetadataResponse>
{
}

/// <summary>Reserved: no version is left.</summary>
[KafkaResponse(ApiKey.UpdateMetadata, "none")]
public sealed partial class UpdateMetadataResponse : IKafkaResponse
{
}
