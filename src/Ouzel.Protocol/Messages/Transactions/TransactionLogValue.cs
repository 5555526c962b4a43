namespace Ouzel.Protocol.Messages;

/// <summary>A transactional id's state in __transaction_state.</summary>
/// <remarks>v1 flexible, PreviousProducerId, NextProducerId, NextProducerEpoch, ClientTransactionVersion.</remarks>
[KafkaRecord(0, "0-1", Flexible = "1+")]
public sealed partial class TransactionLogValue : IKafkaRecord
{
    public long ProducerId { get; set; }
    [Tagged(0, "1+")] public long PreviousProducerId { get; set; } = -1;
    [Tagged(1, "1+")] public long NextProducerId { get; set; } = -1;
    public short ProducerEpoch { get; set; }
    [Tagged(3, "1+")] public short NextProducerEpoch { get; set; } = -1;
    public int TransactionTimeoutMs { get; set; }
    public sbyte TransactionStatus { get; set; }
    [NullIn("0+")] public List<PartitionsSchema>? TransactionPartitions { get; set; } = [];
    public long TransactionLastUpdateTimestampMs { get; set; }
    public long TransactionStartTimestampMs { get; set; }
    [Tagged(2, "1+")] public short ClientTransactionVersion { get; set; }

    /// <summary>An element of TransactionPartitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionsSchema
    {
        public string Topic { get; set; } = "";
        public List<int> PartitionIds { get; set; } = [];
    }
}
