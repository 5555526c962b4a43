using System.Runtime.CompilerServices;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Records;

/// <summary>
/// Visits the records of one batch of magic 2 in their order. Compressed batches are unpacked into pooled memory first,
/// which <see cref="Dispose"/> returns: records must not be kept beyond it.
/// </summary>
public ref struct RecordReader
{
    /// <summary>The most that a batch may unpack to unless the caller says otherwise: 256 times the usual limit of a batch.</summary>
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
        _left = CountOf(batch);
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

    /// <summary>Visits records whose bytes the caller has unpacked already and keeps.</summary>
    /// <param name="batch">The batch that they belong to.</param>
    /// <param name="records">The records part of <paramref name="batch"/>, unpacked.</param>
    /// <exception cref="RecordFormatException">The count is negative, or the batch is of an older format.</exception>
    public RecordReader(RecordBatch batch, ReadOnlySpan<byte> records)
    {
        if (batch.Magic != 2 || batch.RecordCount < 0)
        {
            throw new RecordFormatException($"a batch of magic {batch.Magic} with {batch.RecordCount} records");
        }

        _batch = batch;
        _left = batch.RecordCount;
        _rest = records;
        Current = default;
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

        var record = Record.Parse(TakeBody(ref _rest, ref _left));
        var timestampMs = _batch.TimestampType == TimestampType.LogAppendTime ? _batch.MaxTimestamp : _batch.BaseTimestamp + record.TimestampDelta;
        Current = new Record(record, _batch.BaseOffset, timestampMs);
        return true;
    }

    /// <summary>The number of records that the batch says it has.</summary>
    /// <exception cref="RecordFormatException">The count is negative.</exception>
    internal static int CountOf(RecordBatch batch)
    {
        var count = batch.RecordCount;
        return count >= 0 ? count : throw new RecordFormatException($"a batch of {count} records");
    }

    /// <summary>Takes the next record, behind its length, off the front of a batch's records.</summary>
    /// <param name="rest">The records that are left.</param>
    /// <param name="left">How many they are said to be, at least one.</param>
    /// <exception cref="RecordFormatException">The record is longer than what is left, or bytes are left behind the last one.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ReadOnlySpan<byte> TakeBody(scoped ref ReadOnlySpan<byte> rest, scoped ref int left)
    {
        var length = LengthAt(rest, rest.Length, out var taken);
        var body = rest.Slice(taken, length);
        rest = rest[(taken + length)..];
        left--;
        return left > 0 || rest.IsEmpty ? body : throw Behind(rest.Length);
    }

    /// <summary>Reads the length in front of a record.</summary>
    /// <param name="rest">The records from there on, as far as they are at hand.</param>
    /// <param name="bytesLeft">How many bytes of records there are from there on.</param>
    /// <param name="taken">The bytes of the length itself.</param>
    /// <exception cref="RecordFormatException">There is no length, or it is larger than what is left.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int LengthAt(ReadOnlySpan<byte> rest, long bytesLeft, out int taken)
    {
        taken = VarInt.TryReadZigZag(rest, out int length);
        if (taken <= 0)
        {
            throw BadLength(taken);
        }

        return length >= 0 && length <= bytesLeft - taken ? length : throw NotThere(length, bytesLeft - taken);
    }

    internal static RecordFormatException Behind(long bytes) => new($"{bytes} bytes behind the last record of a batch");

    private static RecordFormatException BadLength(int taken) =>
        new(taken == VarInt.Cut ? "the batch ends before its last record" : "a record's length has too many bytes");

    private static RecordFormatException NotThere(int length, long left) => new($"a record of {length} bytes where {left} are left");

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
