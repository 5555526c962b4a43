using System.Runtime.CompilerServices;

namespace Ouzel.Protocol.Records.Codecs.Lz4;

/// <summary>Packs one block of up to 64 KiB.</summary>
internal static unsafe class Lz4Encoder
{
    private const int HashBits = 12;
    private const int MatchBytesMin = 4;

    /// <summary>The format wants the last five bytes to be literals, and no match to begin in the last twelve.</summary>
    private const int LiteralTailBytes = 5;
    private const int MatchTailBytes = 12;

    /// <summary>One table entry per hash, steps that grow where nothing matches.</summary>
    internal static void EncodeFast(ReadOnlySpan<byte> source, PooledBytes target)
    {
        var table = stackalloc ushort[1 << HashBits];
        Unsafe.InitBlock(table, 0, sizeof(ushort) << HashBits);
        fixed (byte* input = source)
        fixed (byte* output = target.Reserve(BytesMax(source.Length)))
        {
            var to = output;
            var literalStart = 0;
            var limit = source.Length - MatchTailBytes;
            var matchEnd = source.Length - LiteralTailBytes;
            var misses = 64;
            for (var at = 1; at <= limit;)
            {
                var word = Unsafe.ReadUnaligned<uint>(input + at);
                ref var slot = ref table[(word * 2654435761u) >> (32 - HashBits)];
                int candidate = slot;
                slot = (ushort)at;
                if (candidate >= at || Unsafe.ReadUnaligned<uint>(input + candidate) != word)
                {
                    at += misses++ >> 6;
                    continue;
                }

                misses = 64;
                while (at > literalStart && candidate > 0 && input[at - 1] == input[candidate - 1])
                {
                    at--;
                    candidate--;
                }

                var length = LzCopy.CommonLength(input + candidate, input + at, input + matchEnd);
                to = WriteSequence(to, input + literalStart, at - literalStart, at - candidate, length);
                at += length;
                literalStart = at;
                if (at <= limit)
                {
                    table[(Unsafe.ReadUnaligned<uint>(input + at - 2) * 2654435761u) >> (32 - HashBits)] = (ushort)(at - 2);
                }
            }

            to = WriteLiterals(to, input + literalStart, source.Length - literalStart);
            target.Advance((int)(to - output));
        }
    }

    /// <summary>Looks along chains of candidates, and one position further before it settles.</summary>
    internal static void EncodeThorough(ReadOnlySpan<byte> source, PooledBytes target, MatchChain chain)
    {
        chain.Reset();
        fixed (byte* input = source)
        fixed (byte* output = target.Reserve(BytesMax(source.Length)))
        {
            var to = output;
            var literalStart = 0;
            var limit = source.Length - MatchTailBytes;
            var matchEnd = source.Length - LiteralTailBytes;
            for (var at = 0; at <= limit;)
            {
                var length = chain.Find(input, at, matchEnd, MatchBytesMin - 1, out var offset);
                if (length == 0)
                {
                    at++;
                    continue;
                }

                while (at < limit)
                {
                    var later = chain.Find(input, at + 1, matchEnd, length, out var laterOffset);
                    if (later == 0)
                    {
                        break;
                    }

                    at++;
                    length = later;
                    offset = laterOffset;
                }

                to = WriteSequence(to, input + literalStart, at - literalStart, offset, length);
                at += length;
                literalStart = at;
            }

            to = WriteLiterals(to, input + literalStart, source.Length - literalStart);
            target.Advance((int)(to - output));
        }
    }

    private static int BytesMax(int length) => length + (length / 255) + 32;

    private static byte* WriteSequence(byte* to, byte* literals, int literalLength, int offset, int matchLength)
    {
        var token = to++;
        to = WriteLength(to, literalLength, out var high);
        Unsafe.CopyBlockUnaligned(to, literals, (uint)literalLength);
        to += literalLength;
        *to++ = (byte)offset;
        *to++ = (byte)(offset >> 8);
        to = WriteLength(to, matchLength - MatchBytesMin, out var low);
        *token = (byte)((high << 4) | low);
        return to;
    }

    private static byte* WriteLiterals(byte* to, byte* literals, int length)
    {
        var token = to++;
        to = WriteLength(to, length, out var high);
        *token = (byte)(high << 4);
        Unsafe.CopyBlockUnaligned(to, literals, (uint)length);
        return to + length;
    }

    private static byte* WriteLength(byte* to, int length, out int nibble)
    {
        nibble = Math.Min(length, 15);
        if (length < 15)
        {
            return to;
        }

        for (length -= 15; length >= 255; length -= 255)
        {
            *to++ = 255;
        }

        *to++ = (byte)length;
        return to;
    }
}
