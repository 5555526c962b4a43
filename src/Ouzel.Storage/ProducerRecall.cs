namespace Ouzel.Storage;

/// <summary>
/// A snapshot names only the last batch of each producer, as Kafka's format has it. A client that had five in flight when its broker stopped clean repeats all
/// of them, and the earlier ones would be refused as out of order, although they are in the log. So before such a refusal the log itself is asked, once for
/// each producer that came from a snapshot.
/// </summary>
internal static class ProducerRecall
{
    /// <summary>
    /// The distance back in the log that is searched: room for a client's five batches of the greatest size, and for as much of others between them.
    /// </summary>
    public const int LookBackBytesMax = 16 << 20;

    /// <summary>Completes what is remembered of the producer. Used under the log's lock.</summary>
    public static void Run(Segment[] segments, ProducerEntry producer)
    {
        var before = producer.FirstOffset;
        var found = new List<ProducerBatch>();
        foreach (var (segment, from, to) in Stretches(segments, before))
        {
            Collect(segment, from, to, producer, found);
        }

        found.RemoveAll(b => b.LastOffset >= before);
        producer.Recall(found);
    }

    /// <summary>The parts of the segments that lie before the offset, the earliest first.</summary>
    private static List<(Segment Segment, long From, long To)> Stretches(Segment[] segments, long before)
    {
        var stretches = new List<(Segment, long, long)>();
        long left = LookBackBytesMax;
        var last = PartitionLog.IndexOf(segments, before);
        for (var i = last; i >= 0 && left > 0; i--)
        {
            var segment = segments[i];
            var to = i == last ? segment.Find(before)?.Position ?? segment.Size : segment.Size;
            var from = to <= left ? 0 : segment.OffsetIndex.FirstAtOrBehind(to - left)?.Position ?? to;
            stretches.Insert(0, (segment, from, to));
            left -= to - from;
        }

        return stretches;
    }

    private static void Collect(Segment segment, long from, long to, ProducerEntry producer, List<ProducerBatch> found)
    {
        Span<byte> buffer = stackalloc byte[BatchWalker.BufferBytes];
        using var held = segment.Hold();
        var walker = new BatchWalker(held.File, from, to, buffer);
        while (walker.TryNext(out var header))
        {
            if (header.ProducerId == producer.ProducerId && header.ProducerEpoch == producer.Epoch && !header.IsControl)
            {
                found.Add(ProducerBatch.Of(header));
            }
        }
    }
}
