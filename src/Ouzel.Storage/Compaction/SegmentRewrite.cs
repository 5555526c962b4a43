using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage.Compaction;

/// <summary>
/// Decides batch by batch what of a segment goes into the new one (KIP-58, KIP-534): of each key the last record; tombstones and markers without
/// transaction until their delete horizon, which the first pass that meets them sets; of each producer the last batch, without records if need be.
/// Offsets never change.
/// </summary>
internal sealed class SegmentRewrite(LogView view, OffsetMap map, long endOffset, LogOptions options, TransactionSieve transactions, int blockBytes, long nowMs) : IDisposable
{
    private readonly RecordBatchBuilder _builder = new();
    private readonly PooledBytes _written = new();
    private readonly List<bool> _kept = [];

    /// <summary>Copies what stays of a segment's file to the end of another segment.</summary>
    /// <param name="from">The file of the old segment.</param>
    /// <param name="sizeBytes">Its length.</param>
    /// <param name="into">The new segment.</param>
    /// <param name="throwIfStopped">Called before each batch.</param>
    public void Copy(DiskFile from, long sizeBytes, Segment into, Action throwIfStopped)
    {
        using var source = new BatchSource(from, 0, sizeBytes, blockBytes);
        while (source.MoveNext())
        {
            throwIfStopped();
            Take(source.Current);
            if (_written.Length >= blockBytes)
            {
                WriteTo(into);
            }
        }

        WriteTo(into);
    }

    public void Dispose()
    {
        _builder.Dispose();
        _written.Dispose();
    }

    private void WriteTo(Segment into)
    {
        if (into.Size + _written.Length > int.MaxValue)
        {
            throw new RecordFormatException($"delete horizons would make segment {into.BaseOffset} larger than a file position can say");
        }

        if (_written.Length > 0)
        {
            into.PrepareAppend(_written.Length, options);
            into.Append(_written.WrittenSpan, options);
        }

        _written.Truncate();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        RecordBatch.TryRead(bytes, out var batch, out _);
        if (batch.Magic < 2)
        {
            _written.Write(bytes); // formats that nobody writes any more stay as they are
            return;
        }

        var isObsolete = batch.IsControl ? transactions.IsMarkerOfNothing(batch) : transactions.IsAborted(batch);
        var isLastOfProducer = batch.HasProducerId && view.IsLastOfProducer(batch);

        // A marker is worth nothing without its record: Kafka empties also the last of a producer, and then a start without snapshots forgets the epoch.
        var isDropped = isObsolete && (!batch.IsControl || (batch.HasDeleteHorizon && batch.DeleteHorizonMs <= nowMs && !isLastOfProducer));
        var isKeptEmpty = isLastOfProducer || batch.NextOffset == endOffset;
        if (isDropped && !isKeptEmpty)
        {
            return;
        }

        var (kept, hasTombstone) = isDropped ? (0, false) : Sift(batch);
        var needsHorizon = !batch.HasDeleteHorizon && (hasTombstone || (isObsolete && batch.IsControl));
        if (kept == 0)
        {
            if (isKeptEmpty)
            {
                WriteEmpty(batch);
            }
        }
        else if (kept == batch.RecordCount && !needsHorizon)
        {
            _written.Write(bytes);
        }
        else
        {
            WriteKept(batch, needsHorizon ? Horizon() : batch.HasDeleteHorizon ? batch.DeleteHorizonMs : null);
        }
    }

    private long Horizon() => options.DeleteRetentionMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + options.DeleteRetentionMs;

    /// <summary>Notes which records stay.</summary>
    private (int Kept, bool HasTombstone) Sift(in RecordBatch batch)
    {
        _kept.Clear();
        var (count, hasTombstone) = (0, false);
        foreach (var record in batch.Records())
        {
            var isKept = batch.IsControl || record.Offset >= endOffset || IsKept(batch, record);
            _kept.Add(isKept);
            if (!isKept)
            {
                continue;
            }

            count++;
            hasTombstone |= !record.HasValue;
        }

        return (count, hasTombstone);
    }

    private bool IsKept(in RecordBatch batch, in Record record) =>
        record.HasKey && record.Offset >= map.OffsetOf(record.Key) && (record.HasValue || !batch.HasDeleteHorizon || nowMs < batch.DeleteHorizonMs);

    private void WriteKept(in RecordBatch batch, long? horizonMs)
    {
        Begin(batch, horizonMs, maxTimestampMs: null);
        var i = 0;
        foreach (var record in batch.Records())
        {
            if (_kept[i++])
            {
                _builder.AppendCopy(record);
            }
        }

        _written.Write(_builder.Build().Span);
    }

    private void WriteEmpty(in RecordBatch batch)
    {
        Begin(batch, horizonMs: null, batch.MaxTimestamp);
        _written.Write(_builder.Build().Span);
    }

    private void Begin(in RecordBatch batch, long? horizonMs, long? maxTimestampMs)
    {
        _builder.Reset();
        _builder.Codec = batch.Codec;
        _builder.BaseOffset = batch.BaseOffset;
        _builder.LastOffset = batch.LastOffset;
        _builder.PartitionLeaderEpoch = batch.PartitionLeaderEpoch;
        _builder.ProducerId = batch.ProducerId;
        _builder.ProducerEpoch = batch.ProducerEpoch;
        _builder.BaseSequence = batch.BaseSequence;
        _builder.IsTransactional = batch.IsTransactional;
        _builder.IsControl = batch.IsControl;
        _builder.LogAppendTimeMs = batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : null;
        _builder.DeleteHorizonMs = horizonMs;
        _builder.MaxTimestampMs = maxTimestampMs;
    }
}
