using System.Buffers;

namespace Ouzel.Protocol.Records;

/// <summary>
/// A byte buffer that grows through the shared pool up to a bound. Decompression writes into one, so that what a stream
/// claims about its size never decides what is allocated.
/// </summary>
public sealed class PooledBytes : IDisposable
{
    private const int FirstBytes = 4096;

    private byte[] _array = [];
    private int _length;

    /// <param name="bytesMax">The most bytes it will hold; more is a <see cref="RecordFormatException"/>.</param>
    public PooledBytes(int bytesMax = int.MaxValue)
    {
        BytesMax = Math.Min(bytesMax, Array.MaxLength);
    }

    /// <summary>The bound on <see cref="Length"/>.</summary>
    public int BytesMax { get; }

    /// <summary>Bytes written so far.</summary>
    public int Length => _length;

    /// <summary>The bytes of memory that it takes.</summary>
    internal int HeldBytes => _array.Length;

    /// <summary>The bytes written; valid until the next write or <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, _length);

    /// <summary>The bytes written; valid until the next write or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _length);

    /// <summary>The same bytes, open for change in place.</summary>
    public Span<byte> WritableSpan => _array.AsSpan(0, _length);

    /// <summary>Forgets the content from <paramref name="length"/> on and keeps the array.</summary>
    public void Truncate(int length = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
    }

    /// <summary>At least <paramref name="bytes"/> free bytes behind what was written; <see cref="Advance"/> makes them count.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_array.Length - _length < bytes)
        {
            Grow(bytes);
        }

        return _array.AsSpan(_length);
    }

    /// <summary>Counts <paramref name="bytes"/> of what <see cref="Reserve"/> gave as written.</summary>
    public void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_array.Length - _length));
        if (_length + bytes > BytesMax)
        {
            throw TooLarge();
        }

        _length += bytes;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Advance(bytes.Length);
    }

    public void WriteByte(byte value)
    {
        Reserve(1)[0] = value;
        Advance(1);
    }

    /// <summary>Returns the array to the pool. The buffer may be used again and then starts empty.</summary>
    public void Dispose()
    {
        var array = _array;
        _array = [];
        _length = 0;
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void Grow(int bytes)
    {
        var needed = (long)_length + bytes;
        if (needed > BytesMax)
        {
            throw TooLarge();
        }

        var wanted = Math.Min(Math.Max(Math.Max(needed, 2L * _array.Length), FirstBytes), Math.Max(BytesMax, needed));
        var larger = ArrayPool<byte>.Shared.Rent((int)wanted);
        _array.AsSpan(0, _length).CopyTo(larger);
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }

    private RecordFormatException TooLarge() => new($"the bytes need more than the {BytesMax} that are allowed");
}
