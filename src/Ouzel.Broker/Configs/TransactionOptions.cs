namespace Ouzel.Broker.Configs;

/// <summary>Producer ids and transactions.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class TransactionOptions
{
    /// <summary>Longest wait between two attempts to add a partition to a transaction.</summary>
    [Setting("add.partitions.to.txn.retry.backoff.max.ms", Min = 0, Accepted = true)]
    public int AddPartitionsToTxnRetryBackoffMaxMs { get; init; } = 100;

    /// <summary>First wait between two attempts to add a partition to a transaction.</summary>
    [Setting("add.partitions.to.txn.retry.backoff.ms", Min = 1, Accepted = true)]
    public int AddPartitionsToTxnRetryBackoffMs { get; init; } = 20;

    /// <summary>Time between two looks for expired producer ids.</summary>
    [Setting("producer.id.expiration.check.interval.ms", Min = 1, Internal = true)]
    public int ProducerIdExpirationCheckIntervalMs { get; init; } = 600000;

    /// <summary>Time that a partition remembers a producer that writes nothing.</summary>
    [Setting("producer.id.expiration.ms", Dynamic = DynamicMode.ClusterWide, Min = 1)]
    public int ProducerIdExpirationMs { get; init; } = 86400000;

    /// <summary>Time between two looks for transactions that ran out of time.</summary>
    [Setting("transaction.abort.timed.out.transaction.cleanup.interval.ms", Min = 1, Accepted = true)]
    public int TransactionAbortTimedOutTransactionCleanupIntervalMs { get; init; } = 10000;

    /// <summary>Longest timeout that a transaction may ask for.</summary>
    [Setting("transaction.max.timeout.ms", Min = 1, Accepted = true)]
    public int TransactionMaxTimeoutMs { get; init; } = 900000;

    /// <summary>Checks on each write that the partition belongs to the transaction.</summary>
    [Setting("transaction.partition.verification.enable", Dynamic = DynamicMode.ClusterWide, Accepted = true)]
    public bool TransactionPartitionVerificationEnable { get; init; } = true;

    /// <summary>Time between two looks for expired transactional ids.</summary>
    [Setting("transaction.remove.expired.transaction.cleanup.interval.ms", Min = 1, Accepted = true)]
    public int TransactionRemoveExpiredTransactionCleanupIntervalMs { get; init; } = 3600000;

    /// <summary>Bytes read at a time when transactions are loaded.</summary>
    [Setting("transaction.state.log.load.buffer.size", Min = 1, Accepted = true)]
    public int TransactionStateLogLoadBufferSize { get; init; } = 5242880;

    /// <summary>Copies of the topic of transactions that must be in step.</summary>
    [Setting("transaction.state.log.min.isr", Min = 1)]
    public int TransactionStateLogMinIsr { get; init; } = 2;

    /// <summary>Partitions of the topic of transactions.</summary>
    [Setting("transaction.state.log.num.partitions", Min = 1)]
    public int TransactionStateLogNumPartitions { get; init; } = 50;

    /// <summary>Copies of the topic of transactions.</summary>
    [Setting("transaction.state.log.replication.factor", Min = 1)]
    public short TransactionStateLogReplicationFactor { get; init; } = 3;

    /// <summary>Segment size of the topic of transactions.</summary>
    [Setting("transaction.state.log.segment.bytes", Min = 1)]
    public int TransactionStateLogSegmentBytes { get; init; } = 104857600;

    /// <summary>Allows transactions that an outside coordinator prepares and ends.</summary>
    [Setting("transaction.two.phase.commit.enable", Accepted = true)]
    public bool TransactionTwoPhaseCommitEnable { get; init; } = false;

    /// <summary>Time that a transactional id without a transaction is remembered.</summary>
    [Setting("transactional.id.expiration.ms", Min = 1, Accepted = true)]
    public int TransactionalIdExpirationMs { get; init; } = 604800000;
}
