namespace Ouzel.Protocol.Messages;

/// <summary>Asks partition leaders for their active producers.</summary>
[KafkaRequest(ApiKey.DescribeProducers, "0", Flexible = "0+")]
public sealed partial class DescribeProducersRequest : IKafkaRequest<DescribeProducersResponse>
{
    public List<TopicRequest> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicRequest
    {
        public string Name { get; set; } = "";
        public List<int> PartitionIndexes { get; set; } = [];
    }
}

/// <summary>The active producers of each partition.</summary>
[KafkaResponse(ApiKey.DescribeProducers, "0", Flexible = "0+")]
public sealed partial class DescribeProducersResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<TopicResponse> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicResponse
    {
        public string Name { get; set; } = "";
        public List<PartitionResponse> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionResponse
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; }
        public List<ProducerState> ActiveProducers { get; set; } = [];
    }

    /// <summary>An element of ActiveProducers.</summary>
    [KafkaStruct]
    public sealed partial class ProducerState
    {
        public long ProducerId { get; set; }
        public int ProducerEpoch { get; set; }
        public int LastSequence { get; set; } = -1;
        public long LastTimestamp { get; set; } = -1;
        public int CoordinatorEpoch { get; set; }
        public long CurrentTxnStartOffset { get; set; } = -1;
    }
}
