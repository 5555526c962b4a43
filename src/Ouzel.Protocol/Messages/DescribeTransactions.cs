namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the details of transactions.</summary>
[KafkaRequest(ApiKey.DescribeTransactions, "0", Flexible = "0+")]
public sealed partial class DescribeTransactionsRequest : IKafkaRequest<DescribeTransactionsResponse>
{
    public List<string> TransactionalIds { get; set; } = [];
}

/// <summary>State and partitions of each transaction.</summary>
[KafkaResponse(ApiKey.DescribeTransactions, "0", Flexible = "0+")]
public sealed partial class DescribeTransactionsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<TransactionStateItem> TransactionStates { get; set; } = [];

    /// <summary>An element of TransactionStates.</summary>
    [KafkaStruct(Name = "TransactionState")]
    public sealed partial class TransactionStateItem
    {
        public ErrorCode ErrorCode { get; set; }
        public string TransactionalId { get; set; } = "";
        public string TransactionState { get; set; } = "";
        public int TransactionTimeoutMs { get; set; }
        public long TransactionStartTimeMs { get; set; }
        public long ProducerId { get; set; }
        public short ProducerEpoch { get; set; }
        public List<TopicData> Topics { get; set; } = [];
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicData
    {
        public string Topic { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }
}
