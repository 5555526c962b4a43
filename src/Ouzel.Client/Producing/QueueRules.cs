using Ouzel.Client.Connections;

namespace Ouzel.Client.Producing;

/// <summary>The rules that a <see cref="PartitionQueue"/> goes by.</summary>
/// <param name="IsIdempotent">Batches are numbered, and retries keep the order.</param>
/// <param name="InFlightMax">Batches under way at a time.</param>
/// <param name="BatchBytes">A batch is full with so many.</param>
/// <param name="LingerMs">A batch that is not full waits so long.</param>
/// <param name="DeliveryTimeoutMs">A batch is given up when it is so old.</param>
/// <param name="Retry">Between attempts.</param>
internal sealed record QueueRules(bool IsIdempotent, int InFlightMax, int BatchBytes, int LingerMs, int DeliveryTimeoutMs, Backoff Retry);

/// <summary>A producer's number, and the epoch its partitions begin with (KIP-98).</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch);

/// <summary>The effect of an append on a queue.</summary>
internal enum AppendOutcome
{
    /// <summary>The record joined a batch that had others.</summary>
    Joined,

    /// <summary>It began a batch: there is something to wait for.</summary>
    Began,

    /// <summary>It began a batch because the one before is full: there is something to send.</summary>
    Filled,
}

/// <summary>The fate of a batch that was not acknowledged.</summary>
internal enum Verdict
{
    /// <summary>The queue keeps it and gives it out again.</summary>
    Retry,

    /// <summary>The queue keeps its records, in two batches; the batch itself is free.</summary>
    Split,

    /// <summary>The queue has dropped it: its records have failed.</summary>
    Fail,
}
