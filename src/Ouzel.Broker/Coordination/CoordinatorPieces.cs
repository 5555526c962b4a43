namespace Ouzel.Broker.Coordination;

/// <summary>Cuts records that need not stay together into batches that the log takes, so that the largest group can be cleared away (KAFKA-13099).</summary>
internal static class CoordinatorPieces
{
    /// <summary>A batch's header.</summary>
    private const int BatchBytes = 61;

    /// <summary>Lengths, attributes and deltas of a record, at their longest.</summary>
    private const int RecordBytes = 32;

    /// <summary>
    /// The number of records from <paramref name="from"/> on that fit into one batch; one at least: whether a single record is too large, the log says.
    /// </summary>
    public static int Fit(IReadOnlyList<CoordinatorRecord> records, int from, int bytesMax)
    {
        long sizeBytes = BatchBytes;
        var to = from;
        for (; to < records.Count; to++)
        {
            sizeBytes += RecordBytes + records[to].Key.Length + (records[to].Value?.Length ?? 0);
            if (to > from && sizeBytes > bytesMax)
            {
                break;
            }
        }

        return to - from;
    }
}
