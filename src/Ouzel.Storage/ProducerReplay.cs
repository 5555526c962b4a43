using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>Makes the producer state of a log as of an offset: from the newest snapshot at or below, then by reading the batches after it.</summary>
internal sealed class ProducerReplay(IReadOnlyList<Segment> segments, ProducerState producers, ProducerSnapshots snapshots)
{
    /// <summary>Told of a snapshot that cannot be read.</summary>
    public Action<string>? Unreadable { get; init; }

    /// <summary>
    /// After a clean stop without any snapshot Kafka takes it that there is nothing to remember: no replay, but empty snapshots at the last segments' bases.
    /// </summary>
    public void StartEmpty(long startOffset, long endOffset, long nowMs)
    {
        producers.Reset(startOffset, [], nowMs);
        foreach (var offset in SnapshotPoints(endOffset).Where(o => o > startOffset).Append(endOffset))
        {
            producers.EndOffset = offset;
            if (offset > startOffset)
            {
                snapshots.Take(producers);
            }
        }
    }

    /// <summary>Brings the state to the end offset and writes a snapshot there.</summary>
    public void Rebuild(long startOffset, long endOffset, long nowMs)
    {
        snapshots.RemoveOutside(startOffset, endOffset);
        if (snapshots.LoadLatest(Unreadable) is { } snapshot)
        {
            producers.Reset(snapshot.Offset, snapshot.Producers, nowMs);
        }
        else
        {
            producers.Reset(startOffset, [], nowMs);
        }

        var points = SnapshotPoints(endOffset);
        for (var i = 0; i < segments.Count && producers.EndOffset < endOffset; i++)
        {
            var next = i + 1 < segments.Count ? segments[i + 1].BaseOffset : long.MaxValue;
            if (next <= producers.EndOffset || segments[i].BaseOffset >= endOffset)
            {
                continue;
            }

            producers.EndOffset = Math.Max(segments[i].BaseOffset, producers.EndOffset);
            if (points.Contains(segments[i].BaseOffset) && producers.EndOffset > startOffset)
            {
                snapshots.Take(producers);
            }

            Replay(segments[i], producers, endOffset);
        }

        producers.EndOffset = endOffset;
        if (endOffset > startOffset)
        {
            snapshots.Take(producers);
        }
    }

    /// <summary>Feeds the batches between the state's own end and the limit into the state. Aborted transactions are in the transaction index already.</summary>
    private static void Replay(Segment segment, ProducerState producers, long below)
    {
        Span<byte> buffer = stackalloc byte[BatchWalker.BufferBytes];
        var first = segment.Find(producers.EndOffset);
        if (first == null)
        {
            return;
        }

        using var held = segment.Hold();
        var walker = new BatchWalker(held.File, first.Value.Position, segment.Size, buffer);
        while (walker.TryNext(out var header) && header.BaseOffset < below)
        {
            if (producers.Apply(header, MarkerOf(held.File, header)) is { } completed)
            {
                producers.Complete(completed);
            }
        }
    }

    public static TransactionMarker? MarkerOf(DiskFile file, in BatchHeader header)
    {
        if (!header.IsControl || !header.HasProducerId)
        {
            return null;
        }

        var bytes = new byte[header.SizeBytes];
        return file.ReadFully(header.Position, bytes) == bytes.Length ? PartitionLog.MarkerOf(bytes, header) : null;
    }

    /// <summary>The offsets at which Kafka leaves snapshots behind after a replay: the bases of the last two segments and the end.</summary>
    private HashSet<long> SnapshotPoints(long endOffset) =>
        [.. segments.TakeLast(2).Select(s => s.BaseOffset), endOffset];
}
