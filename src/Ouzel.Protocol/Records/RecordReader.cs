using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Records;

/// <summary>
/// Visits the records of one batch of magic 2 in their order. Compressed batches are unpacked into pooled memory first,
/// which <see cref="Dispose"/> returns: records must not be kept beyond it.
/// </summary>
public ref struct RecordReader
{
    /// <summary>How much a batch may unpack to unless the caller says otherwise: 256 times the usual limit of a batch.</summary>
    public const int DefaultBytesMax = 256 << 20;

    private readonly RecordBatch _batch;
    private readonly PooledBytes? _unpacked;
    private ReadOnlySpan<byte> _rest;
    private int _left;

    /// <exception cref="RecordFormatException">The count is negative, or the compressed stream is broken or too large.</exception>
    public RecordReader(RecordBatch batch, int bytesMax = DefaultBytesMax)
    {
        if (batch.Magic != 2)
        {
            throw new RecordFormatException($"a batch of magic {batch.Magic} where magic 2 is needed");
        }

        _batch = batch;
        _left = batch.RecordCount;
        if (_left < 0)
        {
            throw new RecordFormatException($"a batch of {_left} records");
        }

        Current = default;
        if (batch.Codec == CompressionCodec.None || _left == 0)
        {
            _rest = batch.RecordsPayload;
            return;
        }

        _unpacked = new PooledBytes(bytesMax);
        try
        {
            Compression.Decompress(batch.Codec, batch.RecordsPayload, _unpacked);
        }
        catch
        {
            _unpacked.Dispose();
            throw;
        }

        _rest = _unpacked.WrittenSpan;
    }

    public Record Current { get; private set; }

    /// <summary>Steps to the next record; false after the last.</summary>
    /// <exception cref="RecordFormatException">The record is malformed, or bytes are left behind the last one.</exception>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        var taken = VarInt.TryReadZigZag(_rest, out int length);
        if (taken <= 0)
        {
            throw new RecordFormatException(taken == VarInt.Cut ? "the batch ends before its last record" : "a record's length has too many bytes");
        }

        if (length < 0 || length > _rest.Length - taken)
        {
            throw new RecordFormatException($"a record of {length} bytes where {_rest.Length - taken} are left");
        }

        var record = Record.Parse(_rest.Slice(taken, length));
        _rest = _rest[(taken + length)..];
        _left--;
        if (_left == 0 && !_rest.IsEmpty)
        {
            throw new RecordFormatException($"{_rest.Length} bytes behind the last record of a batch");
        }

        var timestampMs = _batch.TimestampType == TimestampType.LogAppendTime ? _batch.MaxTimestamp : _batch.BaseTimestamp + record.TimestampDelta;
        Current = new Record(record, _batch.BaseOffset, timestampMs);
        return true;
    }

    /// <summary>Returns what the records were unpacked into.</summary>
    public readonly void Dispose() => _unpacked?.Dispose();
}

/// <summary>The records of a batch, for foreach.</summary>
public readonly ref struct RecordSequence
{
    private readonly RecordBatch _batch;
    private readonly int _bytesMax;

    internal RecordSequence(RecordBatch batch, int bytesMax)
    {
        _batch = batch;
        _bytesMax = bytesMax;
    }

    public RecordReader GetEnumerator() => new(_batch, _bytesMax);
}
