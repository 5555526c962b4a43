using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>
/// Reads a bit stream from its end to its beginning, as zstd writes them. The highest set bit of the last byte marks the end.
/// Reading past the beginning gives zeros and a negative <see cref="BitsLeft"/>, which the caller must look at.
/// </summary>
internal ref struct ReverseBits
{
    /// <summary>The most bits that one peek can give.</summary>
    internal const int PeekMax = 56;

    private readonly ReadOnlySpan<byte> _source;
    private int _position;

    internal ReverseBits(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty || source[^1] == 0)
        {
            throw new RecordFormatException("a zstd bit stream without an end mark");
        }

        _source = source;
        _position = ((source.Length - 1) * 8) + BitOperations.Log2(source[^1]);
    }

    internal readonly int BitsLeft => _position;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly ulong Peek(int bits)
    {
        var low = _position - bits;
        var at = low >> 3;
        if (low < 0 || at > _source.Length - sizeof(ulong))
        {
            return SlowPeek(low, bits);
        }

        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(_source), at));
        return (word >> (low & 7)) & ((1ul << bits) - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Skip(int bits) => _position -= bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Read(int bits)
    {
        var value = Peek(bits);
        _position -= bits;
        return (int)value;
    }

    private readonly ulong SlowPeek(int low, int bits)
    {
        ulong value = 0;
        for (int bit = Math.Max(low, 0), end = Math.Max(_position, 0); bit < end;)
        {
            var count = Math.Min(8 - (bit & 7), end - bit);
            var part = (ulong)(_source[bit >> 3] >> (bit & 7)) & ((1ul << count) - 1);
            value |= part << (bit - low);
            bit += count;
        }

        return bits == 0 ? 0 : value & ((1ul << bits) - 1);
    }
}
