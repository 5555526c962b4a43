using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Coordination;

/// <summary>Record batches of internal partitions: writing one, and folding stored ones into a shard.</summary>
internal static class CoordinatorBatch
{
    /// <summary>One uncompressed batch of these records, all with the same time. Kafka's coordinators number it 0 without a producer; so do we.</summary>
    public static byte[] Write(IReadOnlyList<CoordinatorRecord> records, long timestampMs)
    {
        using var builder = new RecordBatchBuilder { BaseSequence = 0 };
        foreach (CoordinatorRecord record in records)
        {
            builder.Append(timestampMs, record.Key, record.Value);
        }

        return builder.BuildArray();
    }

    /// <summary>Folds whole batches into the shard, skipping what lies before an offset.</summary>
    /// <returns>The offset after the last batch; <paramref name="offset"/> when there was none.</returns>
    /// <exception cref="InvalidDataException">A batch or a record cannot be read.</exception>
    public static long Fold(ICoordinatorShard shard, ReadOnlySpan<byte> batches, long offset)
    {
        while (RecordBatch.TryRead(batches, out RecordBatch batch, out int sizeBytes))
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

            FoldBatch(shard, batch, offset);
            offset = batch.NextOffset;
        }

        return offset;
    }

    private static void FoldBatch(ICoordinatorShard shard, RecordBatch batch, long offset)
    {
        long producerId = batch.IsTransactional ? batch.ProducerId : -1;
        try
        {
            foreach (Record record in batch.Records())
            {
                if (record.Offset < offset)
                {
                    continue;
                }

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
        }
        catch (RecordFormatException e)
        {
            throw new InvalidDataException($"the batch at offset {batch.BaseOffset} cannot be read: {e.Message}", e);
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
