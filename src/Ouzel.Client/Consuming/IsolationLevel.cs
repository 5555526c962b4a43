namespace Ouzel.Client;

/// <summary>The records of transactions that a consumer gets (isolation.level).</summary>
public enum IsolationLevel
{
    /// <summary>All of them, also those of transactions that are open or were aborted. Kafka's default.</summary>
    ReadUncommitted = 0,

    /// <summary>Those of committed transactions, and none behind a transaction that is still open.</summary>
    ReadCommitted = 1,
}
