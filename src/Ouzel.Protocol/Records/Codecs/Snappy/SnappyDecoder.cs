using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Records.Codecs.Snappy;

/// <summary>Unpacks one raw snappy block: its unpacked length, then literals and copies.</summary>
internal static class SnappyDecoder
{
    /// <summary>A copy of 64 bytes takes three bytes, so nothing can grow more than this.</summary>
    private const int GrowthMax = 32;

    internal static void DecodeBlock(ReadOnlySpan<byte> source, UnpackWindow target, int bytesMax)
    {
        var at = ReadLength(source, out var length);
        if (length > (long)source.Length * GrowthMax)
        {
            throw new RecordFormatException($"a snappy block of {source.Length} bytes claims to be {length}");
        }

        if (length > bytesMax)
        {
            throw new RecordFormatException($"a snappy block of {length} bytes is too large");
        }

        var window = target.Room((int)length, 0);
        var start = target.End;
        var end = start + (int)length;
        var done = start;
        while (at < source.Length)
        {
            int tag = source[at++];
            done = (tag & 3) == 0
                ? Literal(source, ref at, tag, window, done, end)
                : Copy(source, ref at, tag, window, start, done, end);
        }

        if (done != end)
        {
            throw new RecordFormatException($"a snappy block gives {done - start} bytes where {length} were announced");
        }

        target.Advance(end);
    }

    private static int Literal(ReadOnlySpan<byte> source, ref int at, int tag, Span<byte> window, int done, int end)
    {
        var length = (uint)tag >> 2;
        if (length >= 60)
        {
            var bytes = (int)length - 59;
            if (source.Length - at < bytes)
            {
                throw Cut();
            }

            length = 0;
            for (var i = 0; i < bytes; i++)
            {
                length |= (uint)source[at++] << (8 * i);
            }
        }

        length++;
        if (length == 0 || length > source.Length - at || length > end - done)
        {
            throw Cut();
        }

        LzCopy.Literals(source, at, window, done, (int)length);
        at += (int)length;
        return done + (int)length;
    }

    private static int Copy(ReadOnlySpan<byte> source, ref int at, int tag, Span<byte> window, int start, int done, int end)
    {
        var bytes = (tag & 3) == 3 ? 4 : tag & 3;
        if (source.Length - at < bytes)
        {
            throw Cut();
        }

        var length = (tag >> 2) + 1;
        uint offset;
        if (bytes == 1)
        {
            length = ((tag >> 2) & 7) + 4;
            offset = ((uint)(tag >> 5) << 8) | source[at];
        }
        else
        {
            offset = 0;
            for (var i = 0; i < bytes; i++)
            {
                offset |= (uint)source[at + i] << (8 * i);
            }
        }

        at += bytes;
        if (offset == 0 || offset > done - start || length > end - done)
        {
            throw new RecordFormatException("a snappy copy from outside its block");
        }

        LzCopy.Match(window, done, (int)offset, length);
        return done + length;
    }

    private static int ReadLength(ReadOnlySpan<byte> source, out uint length)
    {
        length = 0;
        for (var i = 0; i < VarInt.Size32Max && i < source.Length; i++)
        {
            length |= (uint)(source[i] & 0x7f) << (7 * i);
            if (source[i] < 0x80)
            {
                return i + 1;
            }
        }

        throw Cut();
    }

    private static RecordFormatException Cut() => new("a snappy block ends too early");
}
