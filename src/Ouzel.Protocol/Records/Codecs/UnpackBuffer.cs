using System.Buffers;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>
/// The bytes unpacked and not read yet. Once all was read the next block begins at the front again, where the memory is still in the processor's cache.
/// </summary>
internal sealed class UnpackBuffer
{
    private const int FirstBytes = 16 << 10;

    /// <summary>Larger arrays are not given to the pool, which would keep them for good.</summary>
    private const int PooledBytesMax = 1 << 20;

    private byte[] _array = [];
    private int _begin;
    private int _end;

    /// <summary>The bytes unpacked and not consumed, until the next block.</summary>
    public ReadOnlySpan<byte> Unread => _array.AsSpan(_begin, _end - _begin);

    /// <summary>The memory it takes.</summary>
    public int HeldBytes => _array.Length;

    public void Consume(int bytes) => _begin += bytes;

    /// <summary>Exactly so many free bytes, of any content; <see cref="Advance"/> makes the first of them count.</summary>
    public Span<byte> Room(int bytes)
    {
        if (_begin == _end)
        {
            _begin = _end = 0;
        }

        if (_array.Length - _end < bytes)
        {
            MakeRoom(bytes);
        }

        return _array.AsSpan(_end, bytes);
    }

    /// <summary>Counts what was written into the room.</summary>
    public void Advance(int bytes) => _end += bytes;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>Forgets everything and holds nothing.</summary>
    public void Release()
    {
        Return(_array);
        _array = [];
        _begin = _end = 0;
    }

    private void MakeRoom(int bytes)
    {
        var unread = Unread;
        var target = _array;
        var needed = (long)unread.Length + bytes;
        if (needed > _array.Length)
        {
            target = needed <= PooledBytesMax
                ? ArrayPool<byte>.Shared.Rent(Math.Max((int)needed, FirstBytes))
                : GC.AllocateUninitializedArray<byte>((int)Math.Min(needed, Array.MaxLength));
        }

        unread.CopyTo(target);
        _begin = 0;
        _end = unread.Length;
        if (!ReferenceEquals(target, _array))
        {
            Return(_array);
            _array = target;
        }
    }

    private static void Return(byte[] array)
    {
        if (array.Length is > 0 and <= PooledBytesMax)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
