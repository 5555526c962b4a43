using Ouzel.Protocol.Records;

namespace Ouzel.Storage.Compaction;

/// <summary>
/// Follows the transactions through the batches of a pass: which batches were aborted, and which markers no longer have any batch. A marker may go only after
/// the last batch of its transaction, else an aborted record could come back as committed.
/// </summary>
internal sealed class TransactionSieve
{
    private readonly PriorityQueue<AbortedTransaction, long> _ahead = new();
    private readonly Dictionary<long, Aborting> _aborting = [];
    private readonly HashSet<long> _committing = [];

    /// <summary>The new segment's index, where aborted transactions are noted whose batches are still there.</summary>
    public TransactionIndex? Index { get; set; }

    /// <summary>Adds the aborted transactions of the batches that come next.</summary>
    public void Add(IEnumerable<AbortedTransaction> aborted)
    {
        foreach (var transaction in aborted)
        {
            _ahead.Enqueue(transaction, transaction.FirstOffset);
        }
    }

    /// <summary>Takes in a batch of records; true when its transaction was aborted.</summary>
    public bool IsAborted(in RecordBatch batch)
    {
        Begin(batch.LastOffset);
        if (!batch.IsTransactional)
        {
            return false;
        }

        if (_aborting.TryGetValue(batch.ProducerId, out var aborting))
        {
            return aborting.HasBatches = true;
        }

        _committing.Add(batch.ProducerId);
        return false;
    }

    /// <summary>Takes in a control batch; true when nothing needs it any more.</summary>
    public bool IsMarkerOfNothing(in RecordBatch batch)
    {
        Begin(batch.LastOffset);
        foreach (var record in batch.Records())
        {
            switch (ControlRecord.TypeOf(record.Key))
            {
                case ControlRecordType.Abort:
                    if (!_aborting.Remove(batch.ProducerId, out var aborting) || !aborting.HasBatches)
                    {
                        return true;
                    }

                    Index?.Append(aborting.Transaction);
                    return false;
                case ControlRecordType.Commit:
                    return !_committing.Remove(batch.ProducerId);
                default:
                    return false;
            }
        }

        return true; // emptied before
    }

    private void Begin(long upTo)
    {
        while (_ahead.TryPeek(out var transaction, out var first) && first <= upTo)
        {
            _ahead.Dequeue();
            _aborting.TryAdd(transaction.ProducerId, new Aborting(transaction));
        }
    }

    private sealed class Aborting(AbortedTransaction transaction)
    {
        public AbortedTransaction Transaction => transaction;
        public bool HasBatches { get; set; }
    }
}
