using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Cluster.Embedded;

/// <summary>A record that the log keeps for itself: who leads, who votes, where a snapshot begins and ends.</summary>
internal readonly record struct LogControl(ControlRecordType Type, IWireMessage Message, short Version = 0);

/// <summary>Cluster records as record batches, in the layout of Kafka's __cluster_metadata log and of its snapshots.</summary>
internal static class MetadataBatches
{
    /// <summary>A batch of cluster records; all records carry the same time and have no key.</summary>
    public static byte[] Data(long baseOffset, int epoch, long timestampMs, IEnumerable<ClusterRecord> records)
    {
        using var builder = new RecordBatchBuilder { BaseOffset = baseOffset, PartitionLeaderEpoch = epoch };
        using var writer = new WireWriter();
        var offset = baseOffset;
        foreach (var record in records)
        {
            writer.Reset();
            record.Write(writer);
            builder.AppendAt(offset++, timestampMs, default, hasKey: false, writer.WrittenSpan, hasValue: true);
        }

        return builder.BuildArray();
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
                    throw new InvalidDataException($"Offset {record.Offset} of the cluster's log does not follow the one before it");
                records.Add(ClusterRecord.Read(record.Value.ToArray()));
            }
        }

        return new ClusterBatch(batch.BaseOffset, batch.LastOffset + 1, batch.PartitionLeaderEpoch, batch.MaxTimestamp, records);
    }

    /// <summary>Calls <paramref name="visit"/> with kind and value of each record of a control batch.</summary>
    public static void ReadControls(RecordBatch batch, Action<ControlRecordType, ReadOnlyMemory<byte>> visit)
    {
        foreach (var record in batch.Records(RecordBytesMax))
            visit(ControlRecord.TypeOf(record.Key), record.Value.ToArray());
    }

    /// <summary>Same as Kafka: one batch of the metadata log has at most 8 MiB; ours are not compressed, so it bounds the decoded size too.</summary>
    public const int RecordBytesMax = 8 * 1024 * 1024;
}
