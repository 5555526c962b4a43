using Ouzel.Protocol;

namespace Ouzel.Storage;

/// <summary>A transaction whose marker was appended.</summary>
internal readonly record struct CompletedTransaction(long ProducerId, long FirstOffset, long LastOffset, bool IsAborted);

/// <summary>The marker in a control batch that ends a transaction.</summary>
internal readonly record struct TransactionMarker(bool IsAbort, int CoordinatorEpoch);

/// <summary>
/// The producers a partition knows (KIP-98): which sequence numbers come next, which batches are repetitions, which transactions are open. The fold of the
/// log's batches; asked before an append (<see cref="Check"/>) and told after it (<see cref="Apply"/>). Used under the log's lock.
/// </summary>
internal sealed class ProducerState(long expirationMs)
{
    private readonly Dictionary<long, ProducerEntry> _producers = [];
    private readonly SortedDictionary<long, long> _open = [];
    private readonly List<CompletedTransaction> _unreplicated = [];

    /// <summary>The offset up to which (exclusive) this is the state.</summary>
    public long EndOffset { get; set; }

    public IReadOnlyCollection<ProducerEntry> Producers => _producers.Values;

    /// <summary>May be read from any thread.</summary>
    public int Count => _producers.Count;

    public bool IsEmpty => _producers.Count == 0 && _unreplicated.Count == 0;

    /// <summary>First offset of the earliest transaction that is open or whose end is not yet below the high watermark; null when there is none.</summary>
    public long? FirstUnstableOffset
    {
        get
        {
            var first = FirstOpen(except: -1);
            foreach (var waiting in _unreplicated)
            {
                first = Math.Min(first, waiting.FirstOffset);
            }

            return first == long.MaxValue ? null : first;
        }
    }

    /// <summary>Tells whether the batch may be appended. A repetition answers the batch it repeats and no error.</summary>
    public ErrorCode Check(in BatchHeader batch, TransactionMarker? marker, LogAppendOrigin origin, out ProducerBatch? duplicate)
    {
        duplicate = null;
        if (!batch.HasProducerId || origin == LogAppendOrigin.Replication || !_producers.TryGetValue(batch.ProducerId, out var entry))
        {
            return ErrorCode.None;
        }

        if (origin == LogAppendOrigin.Client && !batch.IsControl)
        {
            duplicate = entry.Duplicate(batch.ProducerEpoch, batch.BaseSequence, batch.LastSequence);
            if (duplicate != null)
            {
                return ErrorCode.None;
            }
        }

        if (batch.ProducerEpoch < entry.Epoch)
        {
            return ErrorCode.InvalidProducerEpoch;
        }

        if (marker is { } ends)
        {
            return ends.CoordinatorEpoch < entry.CoordinatorEpoch ? ErrorCode.TransactionCoordinatorFenced : ErrorCode.None;
        }

        if (origin == LogAppendOrigin.Client && !Follows(entry, batch))
        {
            return ErrorCode.OutOfOrderSequenceNumber;
        }

        return entry.TransactionFirstOffset >= 0 && !batch.IsTransactional && !batch.IsControl ? ErrorCode.InvalidTxnState : ErrorCode.None;
    }

    /// <summary>The producer, when more of its batches may be in the log than are remembered, and this may be one of them.</summary>
    public ProducerEntry? Partial(in BatchHeader batch) =>
        _producers.TryGetValue(batch.ProducerId, out var entry) && entry.IsPartial && entry.HasBatches && entry.Epoch == batch.ProducerEpoch ? entry : null;

    /// <summary>Takes in a batch that is in the log. Returns the transaction that it ended, if any; the caller completes it.</summary>
    public CompletedTransaction? Apply(in BatchHeader batch, TransactionMarker? marker)
    {
        EndOffset = batch.LastOffset + 1;
        if (!batch.HasProducerId)
        {
            return null;
        }

        if (!_producers.TryGetValue(batch.ProducerId, out var entry))
        {
            _producers[batch.ProducerId] = entry = new ProducerEntry(batch.ProducerId, batch.ProducerEpoch);
        }

        if (batch.IsControl)
        {
            return marker is { } ends ? End(entry, batch, ends) : null;
        }

        entry.Add(batch.ProducerEpoch, ProducerBatch.Of(batch));
        if (batch.IsTransactional && entry.TransactionFirstOffset < 0)
        {
            entry.TransactionFirstOffset = batch.BaseOffset;
            _open[batch.BaseOffset] = batch.ProducerId;
        }

        return null;
    }

    /// <summary>The last stable offset as it is once the transaction is completed: what its entry in the transaction index says.</summary>
    public long StableOffsetAfter(CompletedTransaction completed)
    {
        var first = FirstOpen(except: completed.FirstOffset);
        return first == long.MaxValue ? completed.LastOffset + 1 : first;
    }

    /// <summary>The transaction is no longer open, but holds back the last stable offset until its marker is below the high watermark.</summary>
    public void Complete(CompletedTransaction completed)
    {
        _open.Remove(completed.FirstOffset);
        _unreplicated.Add(completed);
    }

    /// <summary>Forgets completed transactions whose marker is below the high watermark.</summary>
    public void OnHighWatermark(long highWatermark)
    {
        for (var i = _unreplicated.Count - 1; i >= 0; i--)
        {
            if (_unreplicated[i].LastOffset < highWatermark)
            {
                _unreplicated.RemoveAt(i);
            }
        }
    }

    /// <summary>
    /// Forgets producers whose last record is older than producer.id.expiration.ms, by the record's own time, unless a transaction is open.
    /// That setting changes while the node runs, so whoever asks says what it is; the one given at the start is for loading.
    /// </summary>
    public int RemoveExpired(long nowMs, long olderThanMs)
    {
        var expired = _producers.Values.Where(p => IsExpired(p, nowMs, olderThanMs)).ToList();
        foreach (var producer in expired)
        {
            _producers.Remove(producer.ProducerId);
        }

        return expired.Count;
    }

    /// <summary>Starts over at an offset, with the producers of a snapshot (those that have not expired).</summary>
    public void Reset(long endOffset, IEnumerable<ProducerEntry> producers, long nowMs)
    {
        _producers.Clear();
        _open.Clear();
        _unreplicated.Clear();
        EndOffset = endOffset;
        foreach (var producer in producers.Where(p => !IsExpired(p, nowMs, expirationMs)))
        {
            _producers[producer.ProducerId] = producer;
            if (producer.TransactionFirstOffset >= 0)
            {
                _open[producer.TransactionFirstOffset] = producer.ProducerId;
            }
        }
    }

    /// <summary>First offset of the earliest open transaction but one, long.MaxValue when there is none. Most partitions have none and pay nothing.</summary>
    private long FirstOpen(long except)
    {
        if (_open.Count == 0)
        {
            return long.MaxValue;
        }

        foreach (var first in _open.Keys)
        {
            if (first != except)
            {
                return first;
            }
        }

        return long.MaxValue;
    }

    private static bool IsExpired(ProducerEntry producer, long nowMs, long olderThanMs) =>
        producer.TransactionFirstOffset < 0 && nowMs - producer.LastTimestampMs >= olderThanMs;

    private static bool Follows(ProducerEntry entry, in BatchHeader batch)
    {
        if (batch.ProducerEpoch != entry.Epoch)
        {
            return batch.BaseSequence == 0;
        }

        return batch.BaseSequence == (entry.LastSequence == int.MaxValue ? 0 : entry.LastSequence + 1);
    }

    private static CompletedTransaction? End(ProducerEntry entry, in BatchHeader batch, TransactionMarker marker)
    {
        var first = entry.TransactionFirstOffset;
        entry.SetEpoch(batch.ProducerEpoch);
        entry.CoordinatorEpoch = marker.CoordinatorEpoch;
        entry.LastTimestampMs = batch.MaxTimestampMs;
        entry.TransactionFirstOffset = -1;
        return first < 0 ? null : new CompletedTransaction(entry.ProducerId, first, batch.LastOffset, marker.IsAbort);
    }
}
