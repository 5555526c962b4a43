namespace Ouzel.Protocol.Messages;

/// <summary>A broker's request for a block of producer ids.</summary>
[KafkaRequest(ApiKey.AllocateProducerIds, "0", Flexible = "0+")]
public sealed partial class AllocateProducerIdsRequest : IKafkaRequest<AllocateProducerIdsResponse>
{
    public int BrokerId { get; set; }
    public long BrokerEpoch { get; set; } = -1;
}

/// <summary>The block.</summary>
[KafkaResponse(ApiKey.AllocateProducerIds, "0", Flexible = "0+")]
public sealed partial class AllocateProducerIdsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public long ProducerIdStart { get; set; }
    public int ProducerIdLen { get; set; }
}
