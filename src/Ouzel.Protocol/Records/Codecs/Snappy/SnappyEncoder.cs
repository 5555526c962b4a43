using System.Runtime.CompilerServices;

namespace Ouzel.Protocol.Records.Codecs.Snappy;

/// <summary>Packs one block of up to 64 KiB greedily with a hash of every four bytes, as snappy does.</summary>
internal static unsafe class SnappyEncoder
{
    internal const int BlockBytesMax = 64 << 10;

    private const int HashBits = 13;
    private const int MatchBytesMin = 4;

    /// <summary>No match begins in the last bytes, so that eight can always be read.</summary>
    private const int TailBytes = 15;

    internal static void EncodeBlock(ReadOnlySpan<byte> source, PooledBytes target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, BlockBytesMax);
        var room = target.Reserve(32 + source.Length + (source.Length / 6));
        var table = stackalloc ushort[1 << HashBits];
        Unsafe.InitBlock(table, 0, sizeof(ushort) << HashBits);
        fixed (byte* input = source)
        fixed (byte* output = room)
        {
            var to = WriteLength(output, (uint)source.Length);
            to = Encode(input, source.Length, to, table);
            target.Advance((int)(to - output));
        }
    }

    private static byte* Encode(byte* input, int length, byte* to, ushort* table)
    {
        var literalStart = 0;
        var at = 1;
        var limit = length - TailBytes;
        var misses = 32;
        while (at < limit)
        {
            var word = Unsafe.ReadUnaligned<uint>(input + at);
            ref var slot = ref table[(word * 0x1e35a7bd) >> (32 - HashBits)];
            int candidate = slot;
            slot = (ushort)at;
            if (Unsafe.ReadUnaligned<uint>(input + candidate) != word || candidate >= at)
            {
                // The longer nothing matches, the larger the steps.
                at += misses++ >> 5;
                continue;
            }

            misses = 32;
            var matched = MatchBytesMin + LzCopy.CommonLength(input + candidate + MatchBytesMin, input + at + MatchBytesMin, input + length);
            if (at > literalStart)
            {
                to = WriteLiteral(to, input + literalStart, at - literalStart);
            }

            to = WriteCopy(to, at - candidate, matched);
            at += matched;
            literalStart = at;
            if (at < limit)
            {
                table[(Unsafe.ReadUnaligned<uint>(input + at - 1) * 0x1e35a7bd) >> (32 - HashBits)] = (ushort)(at - 1);
            }
        }

        if (length > literalStart)
        {
            to = WriteLiteral(to, input + literalStart, length - literalStart);
        }

        return to;
    }

    private static byte* WriteLength(byte* to, uint length)
    {
        while (length >= 0x80)
        {
            *to++ = (byte)(length | 0x80);
            length >>= 7;
        }

        *to++ = (byte)length;
        return to;
    }

    private static byte* WriteLiteral(byte* to, byte* from, int length)
    {
        var n = length - 1;
        if (n < 60)
        {
            *to++ = (byte)(n << 2);
        }
        else if (n < 256)
        {
            *to++ = 60 << 2;
            *to++ = (byte)n;
        }
        else
        {
            *to++ = 61 << 2;
            *to++ = (byte)n;
            *to++ = (byte)(n >> 8);
        }

        Unsafe.CopyBlockUnaligned(to, from, (uint)length);
        return to + length;
    }

    private static byte* WriteCopy(byte* to, int offset, int length)
    {
        while (length >= 68)
        {
            to = WriteLongCopy(to, offset, 64);
            length -= 64;
        }

        if (length > 64)
        {
            to = WriteLongCopy(to, offset, 60);
            length -= 60;
        }

        if (length >= 12 || offset >= 2048)
        {
            return WriteLongCopy(to, offset, length);
        }

        *to++ = (byte)(1 | ((length - 4) << 2) | ((offset >> 8) << 5));
        *to++ = (byte)offset;
        return to;
    }

    private static byte* WriteLongCopy(byte* to, int offset, int length)
    {
        *to++ = (byte)(2 | ((length - 1) << 2));
        *to++ = (byte)offset;
        *to++ = (byte)(offset >> 8);
        return to;
    }
}
