namespace Ouzel.Protocol.Records;

/// <summary>One header of a record (KIP-82). Names are UTF-8, may repeat and may be empty, but are never absent.</summary>
public readonly ref struct RecordHeader
{
    internal RecordHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
    {
        Name = name;
        Value = value;
        HasValue = hasValue;
    }

    public ReadOnlySpan<byte> Name { get; }

    public bool HasValue { get; }

    /// <summary>Empty when there is none: ask <see cref="HasValue"/>.</summary>
    public ReadOnlySpan<byte> Value { get; }
}

/// <summary>Walks over the headers of a record; they were checked when the record was read.</summary>
public ref struct RecordHeaders
{
    private Record.FieldReader _source;
    private int _left;

    /// <param name="bytes">As <see cref="Record.HeaderBytes"/> gave them.</param>
    /// <param name="count">As <see cref="Record.HeaderCount"/> gave it.</param>
    public RecordHeaders(ReadOnlySpan<byte> bytes, int count)
    {
        _source = new Record.FieldReader(bytes);
        _left = count;
        Current = default;
    }

    public RecordHeader Current { get; private set; }

    public readonly RecordHeaders GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;
        var name = _source.Blob(out _);
        var value = _source.Blob(out var hasValue);
        Current = new RecordHeader(name, value, hasValue);
        return true;
    }
}
