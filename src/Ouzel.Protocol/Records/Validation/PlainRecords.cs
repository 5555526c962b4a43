using System.Runtime.CompilerServices;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Records.Validation;

/// <summary>
/// Walks over the records of a batch that is not packed and refuses what <see cref="RecordReader"/> refuses, but hands out only what their check asks for:
/// to make a <see cref="Record"/> of each took half of the time of a Produce of small records.
/// </summary>
internal ref struct PlainRecords
{
    private ReadOnlySpan<byte> _rest;
    private int _left;

    /// <exception cref="RecordFormatException">The count is negative.</exception>
    public PlainRecords(RecordBatch batch)
    {
        _rest = batch.RecordsPayload;
        _left = RecordReader.CountOf(batch);
    }

    /// <summary>Of the record at hand, once <see cref="MoveNext"/> was true.</summary>
    public long TimestampDelta { get; private set; }

    /// <inheritdoc cref="TimestampDelta"/>
    public bool HasKey { get; private set; }

    /// <inheritdoc cref="RecordReader.MoveNext"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        var fields = new Record.FieldReader(RecordReader.TakeBody(ref _rest, ref _left));
        fields.Attributes();
        TimestampDelta = fields.Long();
        fields.Int();
        fields.Blob(out var hasKey);
        HasKey = hasKey;
        fields.Blob(out _);
        var headerCount = fields.Int();
        if (headerCount != 0)
        {
            fields.SkipHeaders(headerCount);
        }

        fields.End();
        return true;
    }
}
