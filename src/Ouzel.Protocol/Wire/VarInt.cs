using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ouzel.Protocol.Wire;

/// <summary>Variable-length integers: seven bits a byte, least significant first. Records use the zigzag form, lengths and tags the unsigned one.</summary>
/// <remarks>As in Kafka, padded forms are read, excess bits of the last byte are dropped, and a byte too many is an error.</remarks>
public static class VarInt
{
    /// <summary>Most bytes of a 32-bit number.</summary>
    public const int Size32Max = 5;

    /// <summary>Most bytes of a 64-bit number.</summary>
    public const int Size64Max = 10;

    /// <summary>The result of reading when the bytes end inside the number.</summary>
    public const int Cut = 0;

    /// <summary>The result of reading when the number has more bytes than its type allows.</summary>
    public const int TooLong = -1;

    public static int Size(uint value) => (BitOperations.Log2(value | 1) / 7) + 1;
    public static int Size(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;
    public static int SizeZigZag(int value) => Size(ZigZag(value));
    public static int SizeZigZag(long value) => Size(ZigZag(value));

    public static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));
    public static int UnZigZag(uint value) => (int)(value >> 1) ^ -(int)(value & 1);
    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Writes the unsigned form and returns its bytes; the destination must hold <see cref="Size(uint)"/>.</summary>
    public static int Write(Span<byte> destination, uint value)
    {
        var count = 0;
        while (value >= 0x80)
        {
            destination[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[count++] = (byte)value;
        return count;
    }

    /// <inheritdoc cref="Write(Span{byte}, uint)"/>
    public static int Write(Span<byte> destination, ulong value)
    {
        var count = 0;
        while (value >= 0x80)
        {
            destination[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[count++] = (byte)value;
        return count;
    }

    public static int WriteZigZag(Span<byte> destination, int value) => Write(destination, ZigZag(value));
    public static int WriteZigZag(Span<byte> destination, long value) => Write(destination, ZigZag(value));

    /// <summary>Reads the unsigned form. Returns its bytes, <see cref="Cut"/> or <see cref="TooLong"/>.</summary>
    public static int TryRead(ReadOnlySpan<byte> source, out uint value)
    {
        value = 0;
        for (var i = 0; i < Size32Max; i++)
        {
            if (i >= source.Length)
            {
                return Cut;
            }

            value |= (uint)(source[i] & 0x7f) << (7 * i);
            if (source[i] < 0x80)
            {
                return i + 1;
            }
        }

        return TooLong;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out uint)"/>
    public static int TryRead(ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        for (var i = 0; i < Size64Max; i++)
        {
            if (i >= source.Length)
            {
                return Cut;
            }

            value |= (ulong)(source[i] & 0x7f) << (7 * i);
            if (source[i] < 0x80)
            {
                return i + 1;
            }
        }

        return TooLong;
    }

    /// <summary>Reads the zigzag form; returns as <see cref="TryRead(ReadOnlySpan{byte}, out uint)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TryReadZigZag(ReadOnlySpan<byte> source, out int value)
    {
        // Most numbers of a record have one byte, and nearly all of the others two.
        if (source.Length > 0)
        {
            uint first = source[0];
            if (first < 0x80)
            {
                value = UnZigZag(first);
                return 1;
            }

            if (source.Length > 1 && source[1] < 0x80)
            {
                value = UnZigZag((first & 0x7f) | ((uint)source[1] << 7));
                return 2;
            }
        }

        var count = TryRead(source, out uint raw);
        value = UnZigZag(raw);
        return count;
    }

    /// <inheritdoc cref="TryReadZigZag(ReadOnlySpan{byte}, out int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TryReadZigZag(ReadOnlySpan<byte> source, out long value)
    {
        if (source.Length > 0 && source[0] < 0x80)
        {
            value = UnZigZag((ulong)source[0]);
            return 1;
        }

        var count = TryRead(source, out ulong raw);
        value = UnZigZag(raw);
        return count;
    }
}
