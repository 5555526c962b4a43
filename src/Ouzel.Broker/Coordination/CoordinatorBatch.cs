using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Coordination;

/// <summary>Record batches of internal partitions: writing one, and folding stored ones into a shard.</summary>
internal static class CoordinatorBatch
{
    /// <summary>One uncompressed batch of these records, all with the same time. Kafka's coordinators number it 0 without a producer; so do we.</summary>
    /// <param name="records">At least one.</param>
    /// <param name="timestampMs">Milliseconds since 1970.</param>
    /// <param name="producer">Whose transaction they belong to; null for nobody's.</param>
    public static byte[] Write(IEnumerable<CoordinatorRecord> records, long timestampMs, CoordinatorProducer? producer = null)
    {
        using var builder = new RecordBatchBuilder { BaseSequence = 0 };
        if (producer is { } own)
        {
            (builder.ProducerId, builder.ProducerEpoch, builder.IsTransactional) = (own.Id, own.Epoch, true);
        }

        foreach (var record in records)
        {
            builder.Append(timestampMs, record.Key, record.Value);
        }

        return builder.BuildArray();
    }

    /// <summary>
    /// Folds whole batches into the shard, skipping what lies before an offset. What is damaged costs itself alone: it is reported and passed over, for an older
    /// position read again is better than a group that is not served, and a position out of damaged bytes is worse than both.
    /// </summary>
    /// <param name="shard">Whose state this is.</param>
    /// <param name="batches">Bytes of the log.</param>
    /// <param name="offset">The first offset that counts.</param>
    /// <param name="report">Told of what was passed over.</param>
    /// <returns>The offset after the last batch; <paramref name="offset"/> when there was none.</returns>
    /// <exception cref="InvalidDataException">A batch is not damaged but of a format that nobody here reads: to go on without it would be to forget it.</exception>
    public static long Fold(ICoordinatorShard shard, ReadOnlySpan<byte> batches, long offset, Action<CoordinatorDamage> report)
    {
        while (RecordBatch.TryRead(batches, out var batch, out var sizeBytes))
        {
            batches = batches[sizeBytes..];
            if (batch.Magic != 2)
            {
                throw new InvalidDataException($"the batch at offset {batch.BaseOffset} has the old format {batch.Magic}");
            }

            if (batch.NextOffset <= offset)
            {
                continue;
            }

            if (batch.IsCrcValid())
            {
                FoldBatch(shard, batch, offset, report);
            }
            else
            {
                report(new CoordinatorDamage(batch.BaseOffset, batch.NextOffset, "the checksum of the batch is wrong"));
            }

            offset = batch.NextOffset;
        }

        return offset;
    }

    private static void FoldBatch(ICoordinatorShard shard, RecordBatch batch, long offset, Action<CoordinatorDamage> report)
    {
        var producerId = batch.IsTransactional ? batch.ProducerId : -1;
        var folded = batch.BaseOffset;
        try
        {
            foreach (var record in batch.Records())
            {
                if (record.Offset >= offset)
                {
                    FoldRecord(shard, batch, record, producerId, report);
                }

                folded = record.Offset + 1;
            }
        }
        catch (RecordFormatException e)
        {
            report(new CoordinatorDamage(folded, batch.NextOffset, $"the records of the batch at offset {batch.BaseOffset} cannot be taken apart: {e.Message}"));
        }
    }

    private static void FoldRecord(ICoordinatorShard shard, RecordBatch batch, Record record, long producerId, Action<CoordinatorDamage> report)
    {
        try
        {
            if (batch.IsControl)
            {
                ApplyControl(shard, batch.ProducerId, record);
            }
            else
            {
                shard.Apply(
                    record.Offset, producerId,
                    record.HasKey ? record.Key.ToArray() : (ReadOnlyMemory<byte>?)null,
                    record.HasValue ? record.Value.ToArray() : (ReadOnlyMemory<byte>?)null);
            }
        }
        catch (InvalidDataException e)
        {
            report(new CoordinatorDamage(record.Offset, record.Offset + 1, e.Message));
        }
    }

    private static void ApplyControl(ICoordinatorShard shard, long producerId, Record record)
    {
        switch (ControlRecord.TypeOf(record.Key))
        {
            case ControlRecordType.Commit:
                shard.ApplyMarker(producerId, commit: true);
                break;
            case ControlRecordType.Abort:
                shard.ApplyMarker(producerId, commit: false);
                break;
            default:
                // Other markers say nothing about this state.
                break;
        }
    }
}
