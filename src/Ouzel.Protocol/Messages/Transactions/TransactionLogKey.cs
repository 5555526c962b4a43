namespace Ouzel.Protocol.Messages;

/// <summary>Key of a transactional id's state in __transaction_state.</summary>
[KafkaRecord(0, "0")]
public sealed partial class TransactionLogKey : IKafkaRecord
{
    [In("0")] public string TransactionalId { get; set; } = "";
}
