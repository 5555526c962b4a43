using Ouzel.Protocol.Records;

namespace Ouzel.Storage.Compaction;

/// <summary>
/// One pass over one log: learns the last offset of each key of the dirty part, as far as memory reaches, then writes the segments up to there anew. Each group of
/// segments is copied beside the log while appends and reads go on, and then takes the place of the old ones in one step.
/// </summary>
internal sealed class LogCompaction(PartitionLog log, LogView view, CompactionPlan plan, CompactionOptions options, LogOptions logOptions, Random random, Func<bool> isStopped)
{
    private readonly int _blockBytes = Math.Max(4096, options.IoBufferBytes / 2);

    /// <summary>Runs the pass.</summary>
    /// <returns>The offset below which the log is compacted now.</returns>
    /// <exception cref="OperationCanceledException">The log changed meanwhile, or the pass was stopped; nothing is lost by that.</exception>
    /// <exception cref="RecordFormatException">A batch is damaged, or the map cannot hold a single batch: the log cannot be compacted.</exception>
    public long Run(long nowMs)
    {
        var map = new OffsetMap(options, plan.Below - plan.DirtyFrom, KeyHash.Of(random));
        var endOffset = Learn(map);
        if (endOffset <= plan.DirtyFrom)
        {
            throw new RecordFormatException($"log.cleaner.dedupe.buffer.size={options.DedupeBufferBytes} cannot hold the keys of the batch at {plan.DirtyFrom}");
        }

        var transactions = new TransactionSieve();
        using var rewrite = new SegmentRewrite(view, map, endOffset, logOptions, transactions, _blockBytes, nowMs);
        var first = 0;
        foreach (var count in CompactionPlan.Groups(view.Sketch(logOptions), endOffset, logOptions))
        {
            Rewrite(first, count, rewrite, transactions, nowMs);
            first += count;
        }

        return endOffset;
    }

    /// <summary>Fills the map; returns the offset up to which it knows every key.</summary>
    private long Learn(OffsetMap map)
    {
        var transactions = new TransactionSieve();
        transactions.Add(log.AbortedTransactions(plan.DirtyFrom, plan.Below));
        var known = plan.DirtyFrom;
        for (var i = Math.Max(0, PartitionLog.IndexOf(view.Segments, plan.DirtyFrom)); view.Segments[i].BaseOffset < plan.Below; i++)
        {
            var segment = view.Segments[i];
            var file = segment.RetainFile();
            try
            {
                using var source = new BatchSource(file, segment.OffsetIndex.Lookup(plan.DirtyFrom).Position, segment.Size, _blockBytes);
                while (source.MoveNext())
                {
                    ThrowIfStopped();
                    if (!Learn(source.Current, map, transactions, out var nextOffset))
                    {
                        return known;
                    }

                    known = Math.Max(known, nextOffset);
                }
            }
            finally
            {
                file.Release();
            }

            known = view.Segments[i + 1].BaseOffset;
        }

        return known;
    }

    /// <summary>False when the map is full.</summary>
    private bool Learn(ReadOnlySpan<byte> bytes, OffsetMap map, TransactionSieve transactions, out long nextOffset)
    {
        RecordBatch.TryRead(bytes, out var batch, out _);
        nextOffset = batch.BaseOffset + 1;
        if (batch.Magic < 2)
        {
            return true;
        }

        nextOffset = batch.NextOffset;
        if (batch.IsControl)
        {
            transactions.IsMarkerOfNothing(batch);
            return true;
        }

        if (transactions.IsAborted(batch))
        {
            return true;
        }

        foreach (var record in batch.Records())
        {
            if (record.HasKey && record.Offset >= plan.DirtyFrom && !map.TryPut(record.Key, record.Offset))
            {
                return false;
            }
        }

        return true;
    }

    private void Rewrite(int first, int count, SegmentRewrite rewrite, TransactionSieve transactions, long nowMs)
    {
        var cleaned = log.CreateCleaned(view.Segments[first].BaseOffset, view.Segments[first + count - 1], nowMs);
        transactions.Index = cleaned.Transactions;
        var isReplaced = false;
        try
        {
            for (var i = first; i < first + count; i++)
            {
                var segment = view.Segments[i];
                transactions.Add(log.AbortedTransactions(segment.BaseOffset, view.Segments[i + 1].BaseOffset));
                var file = segment.RetainFile();
                try
                {
                    rewrite.Copy(file, segment.Size, cleaned, ThrowIfStopped);
                }
                finally
                {
                    file.Release();
                }
            }

            cleaned.Seal();
            cleaned.Sync();
            cleaned.IsDirty = false;
            isReplaced = log.TryReplace(view.Segments.AsSpan(first, count), cleaned, view.Truncations, nowMs);
        }
        finally
        {
            if (!isReplaced)
            {
                log.Discard(cleaned);
            }
        }

        if (!isReplaced)
        {
            throw new OperationCanceledException("the log changed meanwhile");
        }
    }

    private void ThrowIfStopped()
    {
        if (isStopped() || log.IsGone)
        {
            throw new OperationCanceledException("compaction was stopped, or the log closed");
        }
    }
}
