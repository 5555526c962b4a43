namespace Ouzel.Protocol.Records.Validation;

/// <summary>A record that made its batch be refused (KIP-467).</summary>
/// <param name="BatchIndex">Its place in the batch.</param>
/// <param name="Message">Why.</param>
public readonly record struct RecordError(int BatchIndex, string Message);

/// <summary>The verdict on the records of one partition in a Produce request.</summary>
public readonly record struct RecordValidation
{
    /// <summary>None when the batch may be appended.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>The client's error message; null without an error.</summary>
    public string? Message { get; init; }

    /// <summary>The records to blame, when single ones are; else empty.</summary>
    public IReadOnlyList<RecordError> RecordErrors { get; init; }

    /// <summary>Bytes of the batch within what was sent; a few bytes behind it, less than a batch's beginning, are cut.</summary>
    public int SizeBytes { get; init; }

    /// <summary>The largest timestamp of the records, or the broker's time: for the header, with <see cref="TimestampType"/>.</summary>
    public long MaxTimestampMs { get; init; }

    /// <summary>The topic's timestamp type.</summary>
    public TimestampType TimestampType { get; init; }

    /// <summary>The batch to append instead, already right but for base offset and leader epoch; null when the sent bytes may stay.</summary>
    public byte[]? Rewritten { get; init; }

    /// <summary>The bytes to append: rewritten, or the sent ones with their header put right in place.</summary>
    /// <param name="sent">What was validated.</param>
    public Span<byte> Apply(Span<byte> sent)
    {
        if (Rewritten is not null)
        {
            return Rewritten;
        }

        var batch = sent[..SizeBytes];
        RecordBatch.SetMaxTimestampAndType(batch, MaxTimestampMs, TimestampType);
        return batch;
    }

    internal static RecordValidation Refused(ErrorCode error, string? message, IReadOnlyList<RecordError>? records = null) =>
        new() { Error = error, Message = message, RecordErrors = records ?? [] };
}
