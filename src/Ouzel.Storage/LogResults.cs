using Ouzel.Protocol;

namespace Ouzel.Storage;

/// <summary>The origin of an append, which decides what is checked.</summary>
public enum LogAppendOrigin
{
    /// <summary>A producer: everything is checked, sequence numbers included.</summary>
    Client,

    /// <summary>A coordinator or controller of this cluster: control batches are allowed, sequence numbers are not checked.</summary>
    Coordinator,

    /// <summary>A copy of what the leader has: taken as it is.</summary>
    Replication,
}

/// <summary>The bound of what a reader may see.</summary>
public enum FetchIsolation
{
    /// <summary>To the end of the log: followers and the log's own node.</summary>
    LogEnd,

    /// <summary>To the high watermark: read_uncommitted.</summary>
    HighWatermark,

    /// <summary>To the last stable offset, with the aborted transactions named: read_committed.</summary>
    Committed,
}

/// <summary>The reason why a record of a refused batch was refused (KIP-467).</summary>
public readonly record struct LogRecordError(int BatchIndex, string? Message);

/// <summary>The outcome of an append. Offsets are -1 and nothing was written when <see cref="Error"/> is set.</summary>
public readonly record struct LogAppendResult
{
    /// <summary>None, or why nothing was appended.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>For the client, null when the code says it all.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Offset of the first record; of the batch's first copy when it is a repetition.</summary>
    public long BaseOffset { get; init; }

    /// <summary>Offset of the last record.</summary>
    public long LastOffset { get; init; }

    /// <summary>The time the log gave the batch (LogAppendTime), a repeated batch's own largest timestamp, else -1.</summary>
    public long LogAppendTimeMs { get; init; }

    /// <summary>First offset of the log; -1 with errors found before records were looked at.</summary>
    public long LogStartOffset { get; init; }

    /// <summary>The refused records, if single records were at fault.</summary>
    public IReadOnlyList<LogRecordError>? RecordErrors { get; init; }

    /// <summary>The leader epoch in which it was appended, or found to be there.</summary>
    public int LeaderEpoch { get; init; }

    /// <summary>True when the batch was a repetition and nothing was written.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>True when the batch begins a segment: what stands in the one before never grows any more.</summary>
    public bool IsNewSegment { get; init; }

    /// <summary>An append that was refused.</summary>
    public static LogAppendResult Refused(ErrorCode error, string? message = null, long logStartOffset = -1, IReadOnlyList<LogRecordError>? recordErrors = null) =>
        new() { Error = error, ErrorMessage = message, BaseOffset = -1, LastOffset = -1, LogAppendTimeMs = -1, LogStartOffset = logStartOffset, RecordErrors = recordErrors };
}

/// <summary>The outcome of a read.</summary>
public readonly record struct LogReadResult
{
    /// <summary>None, OffsetOutOfRange or KafkaStorageError.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>The batches, null when there are none. The receiver disposes it once sent.</summary>
    public FileSlice? Records { get; init; }

    /// <summary>The length of the batch that holds the offset, or is the next behind it; 0 when a reader may see none. Where <see cref="Records"/> are fewer bytes they are a piece of it.</summary>
    public int FirstBatchBytes { get; init; }

    /// <summary>From that batch to the end of what a reader may see of its segment, whatever the limit was.</summary>
    public long BytesAvailable { get; init; }

    /// <summary>True when that segment is sealed: a read from this offset gives no more bytes later.</summary>
    public bool IsSealed { get; init; }

    /// <summary>The log's marks at the time of the read.</summary>
    public long HighWatermark { get; init; }

    /// <summary>See <see cref="HighWatermark"/>.</summary>
    public long LastStableOffset { get; init; }

    /// <summary>See <see cref="HighWatermark"/>.</summary>
    public long LogStartOffset { get; init; }

    /// <summary>See <see cref="HighWatermark"/>.</summary>
    public long LogEndOffset { get; init; }

    /// <summary>The aborted transactions that touch the records, in the order of their first offsets; null unless read_committed.</summary>
    public IReadOnlyList<AbortedTransaction>? AbortedTransactions { get; init; }
}

/// <summary>The result of a lookup by time: offset and timestamp are -1 when there is nothing.</summary>
public readonly record struct TimestampedOffset(long Offset, long TimestampMs, int LeaderEpoch)
{
    /// <summary>Nothing found.</summary>
    public static TimestampedOffset None { get; } = new(-1, -1, -1);
}
