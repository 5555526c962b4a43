namespace Ouzel.Protocol.Records.Codecs.Lz4;

/// <summary>Unpacks one LZ4 block: sequences of literals and a copy, ending in literals.</summary>
internal static class Lz4Decoder
{
    private const int MatchBytesMin = 4;

    /// <summary>Unpacks behind <paramref name="at"/>, never beyond <paramref name="end"/>; returns where it stopped.</summary>
    /// <param name="source">One whole block.</param>
    /// <param name="window">The output so far and the room behind it.</param>
    /// <param name="at">Where the output goes on.</param>
    /// <param name="end">Where it must stop.</param>
    /// <param name="historyStart">The earliest byte a copy may reach.</param>
    internal static int DecodeBlock(ReadOnlySpan<byte> source, Span<byte> window, int at, int end, int historyStart)
    {
        var from = 0;
        while (true)
        {
            if (from >= source.Length)
            {
                throw Broken();
            }

            int token = source[from++];
            var length = token >> 4;
            if (length == 15)
            {
                length = ReadLength(source, ref from, length);
            }

            if (length > source.Length - from || length > end - at)
            {
                throw Broken();
            }

            LzCopy.Literals(source, from, window, at, length);
            from += length;
            at += length;
            if (from == source.Length)
            {
                return at;
            }

            if (source.Length - from < 2)
            {
                throw Broken();
            }

            var offset = source[from] | (source[from + 1] << 8);
            from += 2;
            length = token & 15;
            if (length == 15)
            {
                length = ReadLength(source, ref from, length);
            }

            length += MatchBytesMin;
            if (offset == 0 || offset > at - historyStart || length > end - at)
            {
                throw Broken();
            }

            LzCopy.Match(window, at, offset, length);
            at += length;
        }
    }

    private static int ReadLength(ReadOnlySpan<byte> source, ref int from, int length)
    {
        while (true)
        {
            if (from >= source.Length)
            {
                throw Broken();
            }

            int more = source[from++];
            length += more;
            // Far beyond any block, and far from overflowing.
            if (length > 1 << 28)
            {
                throw Broken();
            }

            if (more != 255)
            {
                return length;
            }
        }
    }

    private static RecordFormatException Broken() => new("a broken LZ4 block");
}
