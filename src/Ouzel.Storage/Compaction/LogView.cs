using Ouzel.Protocol.Records;

namespace Ouzel.Storage.Compaction;

/// <summary>A log as a pass of compaction found it.</summary>
internal sealed class LogView
{
    public required Segment[] Segments { get; init; }
    public required long StartOffset { get; init; }
    public required long EndOffset { get; init; }
    public required long StableOffset { get; init; }
    public required long? CompactedTo { get; init; }

    /// <summary>The number of times the log had been truncated; what is compacted meanwhile may no longer be used.</summary>
    public required int Truncations { get; init; }

    /// <summary>Of each producer the last offset of its records, -1 when its last batch was a marker, and its epoch.</summary>
    public required Dictionary<long, (long LastOffset, short Epoch)> Producers { get; init; }

    /// <summary>True when the batch is what a start would learn the producer's state from.</summary>
    public bool IsLastOfProducer(in RecordBatch batch) => Producers.TryGetValue(batch.ProducerId, out var last)
        && (last.LastOffset >= 0 ? batch.LastOffset == last.LastOffset : batch.IsControl && batch.ProducerEpoch == last.Epoch);

    /// <summary>The segments as planning sees them.</summary>
    public SegmentSketch[] Sketch(LogOptions options)
    {
        var sketch = new SegmentSketch[Segments.Length];
        for (var i = 0; i < sketch.Length; i++)
        {
            var segment = Segments[i];
            var isDirty = i + 1 < sketch.Length && Segments[i + 1].BaseOffset > (CompactedTo ?? StartOffset);
            sketch[i] = new SegmentSketch(segment.BaseOffset, segment.Size, segment.IndexBytes.Offsets, segment.IndexBytes.Times,
                isDirty && options.MinCompactionLagMs > 0 ? segment.MaxTimestamp.TimestampMs : -1,
                isDirty && options.MaxCompactionLagMs < long.MaxValue ? segment.FirstTimestampMs : -1);
        }

        return sketch;
    }
}
