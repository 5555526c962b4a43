using System.Buffers;
using System.Text;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Producing;

/// <summary>
/// The buffer into which a record's parts are serialized: the key must be known before the partition is, and serializers shall not run under a partition's
/// lock. Each thread keeps one.
/// </summary>
internal sealed class RecordScratch : IBufferWriter<byte>
{
    private const int FirstBytes = 1024;

    /// <summary>A larger buffer is not kept for a thread's next record.</summary>
    private const int KeptBytesMax = 256 * 1024;

    [ThreadStatic]
    private static RecordScratch? _kept;

    private byte[] _bytes = new byte[FirstBytes];
    private int _length;
    private int _keyEnd;
    private int _valueEnd;
    private int _headerCount;
    private bool _hasKey;
    private bool _hasValue;

    /// <summary>The thread's own; another when that is in use, because a serializer sends a record itself.</summary>
    public static RecordScratch Rent()
    {
        var scratch = _kept ?? new RecordScratch();
        _kept = null;
        (scratch._length, scratch._headerCount) = (0, 0);
        return scratch;
    }

    public static void Return(RecordScratch scratch)
    {
        if (scratch._bytes.Length <= KeptBytesMax)
        {
            _kept = scratch;
        }
    }

    /// <summary>Serializes; the parts are asked for in this order.</summary>
    public void WriteKey<T>(T? key, ISerializer<T> serializer)
    {
        _hasKey = Presence<T>.IsCertain || key is not null;
        if (_hasKey)
        {
            serializer.Serialize(key!, this);
        }

        _keyEnd = _length;
    }

    /// <inheritdoc cref="WriteKey"/>
    public void WriteValue<T>(T? value, ISerializer<T> serializer)
    {
        _hasValue = Presence<T>.IsCertain || value is not null;
        if (_hasValue)
        {
            serializer.Serialize(value!, this);
        }

        _valueEnd = _length;
    }

    /// <inheritdoc cref="WriteKey"/>
    public void WriteHeaders(IReadOnlyList<Header>? headers)
    {
        if (headers is null)
        {
            return;
        }

        _headerCount = headers.Count;
        for (var i = 0; i < headers.Count; i++)
        {
            var header = headers[i];
            var nameBytes = Encoding.UTF8.GetByteCount(header.Name);
            WriteLength(nameBytes);
            Advance(Encoding.UTF8.GetBytes(header.Name, GetSpan(nameBytes)));
            if (header.Value is not { } value)
            {
                WriteLength(-1);
                continue;
            }

            WriteLength(value.Length);
            this.Write(value.Span);
        }
    }

    /// <summary>Gives the record written; valid until the next record.</summary>
    public EncodedRecord Record(long timestampMs) => new()
    {
        TimestampMs = timestampMs,
        HasKey = _hasKey,
        Key = _bytes.AsSpan(0, _keyEnd),
        HasValue = _hasValue,
        Value = _bytes.AsSpan(_keyEnd, _valueEnd - _keyEnd),
        HeaderCount = _headerCount,
        Headers = _bytes.AsSpan(_valueEnd, _length - _valueEnd),
    };

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _length), nameof(count));
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(_length);
    }

    private void WriteLength(int length) => Advance(VarInt.WriteZigZag(GetSpan(VarInt.Size32Max), length));

    private void Grow(int sizeHint)
    {
        var needed = checked(_length + Math.Max(sizeHint, 1));
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(needed, 2L * _bytes.Length), Array.MaxLength));
        }
    }

    /// <summary>The types whose values cannot be null. Asking each of them would put it into an object while the code is not optimized yet.</summary>
    private static class Presence<T>
    {
        public static readonly bool IsCertain = typeof(T).IsValueType && Nullable.GetUnderlyingType(typeof(T)) is null;
    }
}
