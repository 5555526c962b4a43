using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>Tells which batches belong to transactions that were aborted, going over them in their order (KIP-98).</summary>
internal sealed class AbortedTransactions
{
    private readonly Queue<(long ProducerId, long FirstOffset)> _ahead;
    private readonly HashSet<long> _open = [];

    /// <param name="listed">As the broker listed them for the range that was fetched.</param>
    public AbortedTransactions(IEnumerable<FetchResponse.AbortedTransaction> listed)
    {
        _ahead = new(listed.OrderBy(a => a.FirstOffset).Select(a => (a.ProducerId, a.FirstOffset)));
    }

    /// <summary>True when the batch is not to be delivered. Batches have to come in order, each once.</summary>
    /// <exception cref="RecordFormatException">A marker is broken.</exception>
    public bool Skips(RecordBatch batch)
    {
        while (_ahead.TryPeek(out var next) && next.FirstOffset <= batch.LastOffset)
        {
            _ahead.Dequeue();
            _open.Add(next.ProducerId);
        }

        if (batch.IsControl)
        {
            foreach (var record in batch.Records())
            {
                if (ControlRecord.TypeOf(record.Key) == ControlRecordType.Abort)
                {
                    _open.Remove(batch.ProducerId);
                }
            }

            return true;
        }

        return batch.IsTransactional && _open.Contains(batch.ProducerId);
    }
}
