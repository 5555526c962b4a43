using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Cluster.Embedded;

/// <summary>A record that the log keeps for itself: who leads, who votes, where a snapshot begins and ends.</summary>
internal readonly record struct LogControl(ControlRecordType Type, IWireMessage Message, short Version = 0);

/// <summary>Cluster records as record batches, in the layout of Kafka's __cluster_metadata log and of its snapshots.</summary>
internal static class MetadataBatches
{
    /// <summary>Same as Kafka: one batch of the metadata log has at most 8 MiB.</summary>
    public const int BatchBytesMax = 8 * 1024 * 1024;

    /// <summary>Same as Kafka.</summary>
    public const int RecordsPerBatchMax = 10_000;

    /// <summary>Bytes of a record's own lengths and deltas, at most.</summary>
    private const int RecordOverheadMax = 32;

    /// <summary>Metadata batches are not compressed by Kafka; one that somebody compressed is read up to this size.</summary>
    private const int RecordBytesMax = 4 * BatchBytesMax;

    /// <summary>
    /// Cluster records as one or more batches, all with the same time and without keys, none of them above Kafka's limits. Several batches are one change only between a begin and an end record.
    /// </summary>
    public static List<byte[]> DataBatches(long baseOffset, int epoch, long timestampMs, IReadOnlyList<ClusterRecord> records)
    {
        var batches = new List<byte[]>();
        using var builder = new RecordBatchBuilder { BaseOffset = baseOffset, PartitionLeaderEpoch = epoch };
        using var writer = new WireWriter();
        var offset = baseOffset;
        foreach (var record in records)
        {
            writer.Reset();
            record.Write(writer);
            if (builder.Count == RecordsPerBatchMax || (builder.Count > 0 && builder.SizeInBytes + writer.Length + RecordOverheadMax > BatchBytesMax))
            {
                batches.Add(builder.BuildArray());
                builder.Reset();
                builder.BaseOffset = offset;
            }

            builder.AppendAt(offset++, timestampMs, default, hasKey: false, writer.WrittenSpan, hasValue: true);
        }

        if (builder.Count > 0)
        {
            batches.Add(builder.BuildArray());
        }

        return batches;
    }

    /// <summary>A control batch.</summary>
    public static byte[] Control(long baseOffset, int epoch, long timestampMs, params ReadOnlySpan<LogControl> controls)
    {
        using var builder = new RecordBatchBuilder { BaseOffset = baseOffset, PartitionLeaderEpoch = epoch, IsControl = true };
        using var writer = new WireWriter();
        var offset = baseOffset;
        foreach (var control in controls)
        {
            writer.Reset();
            control.Message.Write(writer, control.Version);
            builder.AppendAt(offset++, timestampMs, ControlRecord.KeyOf(control.Type), hasKey: true, writer.WrittenSpan, hasValue: true);
        }

        return builder.BuildArray();
    }

    /// <summary>The cluster records of a batch; none for a control batch.</summary>
    /// <exception cref="WireFormatException">A value is no record this program knows.</exception>
    public static ClusterBatch Read(RecordBatch batch)
    {
        var records = new List<ClusterRecord>(batch.IsControl ? 0 : batch.RecordCount);
        if (!batch.IsControl)
        {
            foreach (var record in batch.Records(RecordBytesMax))
            {
                if (record.Offset != batch.BaseOffset + records.Count)
                {
                    throw new InvalidDataException($"Offset {record.Offset} of the cluster's log does not follow the one before it");
                }

                records.Add(ClusterRecord.Read(record.Value.ToArray()));
            }
        }

        return new ClusterBatch(batch.BaseOffset, batch.LastOffset + 1, batch.PartitionLeaderEpoch, batch.MaxTimestamp, records);
    }

    /// <summary>Calls <paramref name="visit"/> with kind and value of each record of a control batch.</summary>
    public static void ReadControls(RecordBatch batch, Action<ControlRecordType, ReadOnlyMemory<byte>> visit)
    {
        foreach (var record in batch.Records(RecordBytesMax))
        {
            visit(ControlRecord.TypeOf(record.Key), record.Value.ToArray());
        }
    }

}
