namespace Ouzel.Storage;

/// <summary>A partition's memory of one batch of a producer: enough to answer when it is sent again.</summary>
public readonly record struct ProducerBatch(int FirstSequence, int LastSequence, long LastOffset, int OffsetDelta, long TimestampMs)
{
    /// <summary>Offset of the first record.</summary>
    public long FirstOffset => LastOffset - OffsetDelta;

    internal static ProducerBatch Of(in BatchHeader batch) =>
        new(batch.BaseSequence, batch.LastSequence, batch.LastOffset, (int)(batch.LastOffset - batch.BaseOffset), batch.MaxTimestampMs);
}

/// <summary>A partition's memory of a producer id: the epoch, the last five batches, the open transaction.</summary>
internal sealed class ProducerEntry(long producerId, short epoch)
{
    /// <summary>The number of batches back to which a repetition is recognised: as many as a client may have in flight (KAFKA-5494).</summary>
    public const int BatchesMax = 5;

    public const int NoSequence = -1;

    private readonly ProducerBatch[] _batches = new ProducerBatch[BatchesMax];
    private int _first;
    private int _count;

    public long ProducerId { get; } = producerId;
    public short Epoch { get; private set; } = epoch;
    public int CoordinatorEpoch { get; set; } = -1;
    public long LastTimestampMs { get; set; } = -1;

    /// <summary>First offset of the open transaction, -1 when there is none.</summary>
    public long TransactionFirstOffset { get; set; } = -1;

    /// <summary>It comes from a snapshot, which names the last batch only: the log may hold earlier ones that a client could repeat.</summary>
    public bool IsPartial { get; set; }

    public bool HasBatches => _count > 0;
    public long FirstOffset => _count == 0 ? -1 : _batches[_first].FirstOffset;
    public int FirstSequence => _count == 0 ? NoSequence : _batches[_first].FirstSequence;
    public int LastSequence => _count == 0 ? NoSequence : Last.LastSequence;
    public long LastOffset => _count == 0 ? -1 : Last.LastOffset;
    public int LastOffsetDelta => _count == 0 ? 0 : Last.OffsetDelta;

    private ProducerBatch Last => _batches[(_first + _count - 1) % BatchesMax];

    public void Add(short epoch, ProducerBatch batch)
    {
        SetEpoch(epoch);
        if (_count == BatchesMax)
        {
            _first = (_first + 1) % BatchesMax;
        }
        else
        {
            _count++;
        }

        _batches[(_first + _count - 1) % BatchesMax] = batch;
        LastTimestampMs = batch.TimestampMs;
    }

    /// <summary>Puts batches of the same epoch before those that are remembered, as many as there is room for.</summary>
    public void Recall(List<ProducerBatch> earlier)
    {
        IsPartial = false;
        ProducerBatch[] all = [.. earlier, .. Enumerable.Range(0, _count).Select(i => _batches[(_first + i) % BatchesMax])];
        var kept = all.AsSpan(Math.Max(0, all.Length - BatchesMax));
        kept.CopyTo(_batches);
        (_first, _count) = (0, kept.Length);
    }

    /// <summary>Another epoch begins its own sequence numbers: the batches of the one before no longer count.</summary>
    public void SetEpoch(short epoch)
    {
        if (epoch == Epoch)
        {
            return;
        }

        Epoch = epoch;
        _count = 0;
    }

    /// <summary>The remembered batch with exactly these sequence numbers.</summary>
    public ProducerBatch? Duplicate(short epoch, int firstSequence, int lastSequence)
    {
        for (var i = 0; epoch == Epoch && i < _count; i++)
        {
            var batch = _batches[(_first + i) % BatchesMax];
            if (batch.FirstSequence == firstSequence && batch.LastSequence == lastSequence)
            {
                return batch;
            }
        }

        return null;
    }
}

/// <summary>A producer with state in a partition, as DescribeProducers tells of it.</summary>
public readonly record struct ActiveProducer(long ProducerId, short Epoch, int LastSequence, long LastTimestampMs, int CoordinatorEpoch, long TransactionFirstOffset);
