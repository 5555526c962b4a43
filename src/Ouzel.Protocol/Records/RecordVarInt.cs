using System.Numerics;

namespace Ouzel.Protocol.Records;

/// <summary>
/// The zigzag varints inside records. Unlike the unsigned ones of flexible messages they carry a sign;
/// like Kafka's reader, ours accepts padding, refuses a 6th (int) or 11th (long) byte and drops excess bits of the last one.
/// </summary>
internal static class RecordVarInt
{
    internal const int IntBytesMax = 5;
    internal const int LongBytesMax = 10;

    /// <summary>The result of reading when the bytes end inside the number.</summary>
    internal const int Cut = 0;

    /// <summary>The result of reading when the number has more bytes than its type allows.</summary>
    internal const int TooLong = -1;

    /// <summary>Reads a signed 32-bit number; returns the bytes it took, <see cref="Cut"/> or <see cref="TooLong"/>.</summary>
    internal static int ReadInt(ReadOnlySpan<byte> source, out int value)
    {
        if (source.Length > 0 && source[0] < 0x80)
        {
            value = (source[0] >> 1) ^ -(source[0] & 1);
            return 1;
        }
        uint raw = 0;
        for (int i = 0; i < IntBytesMax; i++)
        {
            if (i >= source.Length)
            {
                value = 0;
                return Cut;
            }
            raw |= (uint)(source[i] & 0x7f) << (7 * i);
            if (source[i] < 0x80)
            {
                value = (int)(raw >> 1) ^ -(int)(raw & 1);
                return i + 1;
            }
        }
        value = 0;
        return TooLong;
    }

    /// <summary>Reads a signed 64-bit number; returns the bytes it took, <see cref="Cut"/> or <see cref="TooLong"/>.</summary>
    internal static int ReadLong(ReadOnlySpan<byte> source, out long value)
    {
        ulong raw = 0;
        for (int i = 0; i < LongBytesMax; i++)
        {
            if (i >= source.Length)
            {
                value = 0;
                return Cut;
            }
            raw |= (ulong)(source[i] & 0x7f) << (7 * i);
            if (source[i] < 0x80)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return i + 1;
            }
        }
        value = 0;
        return TooLong;
    }

    /// <summary>Writes at the start of <paramref name="target"/> (at least 5 bytes) and returns the bytes taken.</summary>
    internal static int WriteInt(Span<byte> target, int value)
    {
        uint raw = ((uint)value << 1) ^ (uint)(value >> 31);
        int i = 0;
        while (raw >= 0x80)
        {
            target[i++] = (byte)(raw | 0x80);
            raw >>= 7;
        }
        target[i++] = (byte)raw;
        return i;
    }

    /// <summary>Writes at the start of <paramref name="target"/> (at least 10 bytes) and returns the bytes taken.</summary>
    internal static int WriteLong(Span<byte> target, long value)
    {
        ulong raw = ((ulong)value << 1) ^ (ulong)(value >> 63);
        int i = 0;
        while (raw >= 0x80)
        {
            target[i++] = (byte)(raw | 0x80);
            raw >>= 7;
        }
        target[i++] = (byte)raw;
        return i;
    }

    internal static int SizeOfInt(int value) => SizeOfUnsigned(((uint)value << 1) ^ (uint)(value >> 31));

    internal static int SizeOfLong(long value) => SizeOfUnsigned(((ulong)value << 1) ^ (ulong)(value >> 63));

    private static int SizeOfUnsigned(ulong raw) => ((BitOperations.Log2(raw | 1) * 9) + 73) / 64;
}
