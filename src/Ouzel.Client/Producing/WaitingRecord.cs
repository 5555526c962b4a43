namespace Ouzel.Client.Producing;

/// <summary>A record that cannot be buffered yet: its topic is not known, the buffer is full, or such a record stands before it.</summary>
internal sealed class WaitingRecord
{
    private readonly byte[] _bytes;
    private readonly int _keyEnd;
    private readonly int _valueEnd;
    private readonly bool _hasKey;
    private readonly bool _hasValue;
    private readonly int _headerCount;
    private readonly long _timestampMs;

    public WaitingRecord(in EncodedRecord record)
    {
        _bytes = [.. record.Key, .. record.Value, .. record.Headers];
        _keyEnd = record.Key.Length;
        _valueEnd = _keyEnd + record.Value.Length;
        (_hasKey, _hasValue, _headerCount, _timestampMs) = (record.HasKey, record.HasValue, record.HeaderCount, record.TimestampMs);
    }

    public required int? Partition { get; init; }

    /// <summary>The one who waits for the acknowledgement; null when nobody does.</summary>
    public required Delivery? Delivery { get; init; }

    /// <summary>The one who waits for the record to be buffered; null when nobody does.</summary>
    public required TaskCompletionSource? Buffered { get; init; }

    /// <summary>It has failed when it still waits at this time.</summary>
    public required long DueMs { get; init; }

    public required CancellationToken Cancellation { get; init; }

    /// <summary>Whoever flushes waits until it is buffered.</summary>
    public FlushTicket? Ticket { get; set; }

    public int SizeMax => _bytes.Length + EncodedRecord.OverheadMax;

    public EncodedRecord Record => new()
    {
        TimestampMs = _timestampMs,
        HasKey = _hasKey,
        Key = _bytes.AsSpan(0, _keyEnd),
        HasValue = _hasValue,
        Value = _bytes.AsSpan(_keyEnd, _valueEnd - _keyEnd),
        HeaderCount = _headerCount,
        Headers = _bytes.AsSpan(_valueEnd),
    };

    /// <summary>Tells whoever waits that it was not buffered.</summary>
    public void Fail(Exception fault)
    {
        Delivery?.Fail(fault);
        Buffered?.TrySetException(fault);
    }
}
