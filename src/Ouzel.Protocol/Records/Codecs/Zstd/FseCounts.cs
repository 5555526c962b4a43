using System.Numerics;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>
/// The distribution of symbols that an FSE table is built from: shares of 1 &lt;&lt; accuracy, where -1 is "less than one"
/// (RFC 8878, 4.1.1).
/// </summary>
internal static class FseCounts
{
    internal const int AccuracyMin = 5;

    /// <summary>Reads a distribution; returns how many bytes it took.</summary>
    /// <param name="source">Starts with the distribution.</param>
    /// <param name="counts">One place per possible symbol.</param>
    /// <param name="accuracyMax">The largest accuracy this use allows.</param>
    /// <param name="accuracy">Logarithm of the table's size.</param>
    /// <param name="symbols">How many symbols have a share, the unused in between included.</param>
    internal static int Read(ReadOnlySpan<byte> source, Span<short> counts, int accuracyMax, out int accuracy, out int symbols)
    {
        var bit = 0;
        accuracy = AccuracyMin + Peek(source, bit, 4);
        bit += 4;
        if (accuracy > accuracyMax)
        {
            throw Broken();
        }

        var remaining = 1 << accuracy;
        symbols = 0;
        while (remaining > 0)
        {
            if (symbols >= counts.Length)
            {
                throw Broken();
            }

            var bits = BitOperations.Log2((uint)remaining + 1) + 1;
            var value = Peek(source, bit, bits);
            var lowerMask = (1 << (bits - 1)) - 1;
            var threshold = (1 << bits) - 1 - (remaining + 1);
            if ((value & lowerMask) < threshold)
            {
                bit += bits - 1;
                value &= lowerMask;
            }
            else
            {
                bit += bits;
                if (value > lowerMask)
                {
                    value -= threshold;
                }
            }

            var share = value - 1;
            remaining -= Math.Abs(share);
            counts[symbols++] = (short)share;
            if (share == 0)
            {
                bit = ReadZeros(source, bit, counts, ref symbols);
            }
        }

        var bytes = (bit + 7) >> 3;
        if (remaining < 0 || bytes > source.Length)
        {
            throw Broken();
        }

        return bytes;
    }

    /// <summary>Writes a distribution as <see cref="Read"/> reads it.</summary>
    internal static void Write(PooledBytes target, ReadOnlySpan<short> counts, int accuracy)
    {
        var bits = new BitWriter(target);
        bits.Add((uint)(accuracy - AccuracyMin), 4);
        var remaining = 1 << accuracy;
        for (var symbol = 0; remaining > 0;)
        {
            int share = counts[symbol++];
            var value = share + 1;
            var width = BitOperations.Log2((uint)remaining + 1) + 1;
            var lowerMask = (1 << (width - 1)) - 1;
            var threshold = (1 << width) - 1 - (remaining + 1);
            if (value < threshold)
            {
                bits.Add((uint)value, width - 1);
            }
            else
            {
                bits.Add((uint)(value > lowerMask ? value + threshold : value), width);
            }

            remaining -= Math.Abs(share);
            if (share != 0)
            {
                continue;
            }

            var zeros = 0;
            while (counts[symbol] == 0)
            {
                symbol++;
                zeros++;
            }

            for (; zeros >= 3; zeros -= 3)
            {
                bits.Add(3, 2);
            }

            bits.Add((uint)zeros, 2);
        }

        bits.Flush();
    }

    /// <summary>Scales how often symbols occur to shares of 1 &lt;&lt; accuracy; every symbol that occurs keeps at least one.</summary>
    internal static void Normalize(ReadOnlySpan<int> frequencies, int total, int accuracy, Span<short> counts)
    {
        var size = 1 << accuracy;
        var left = size;
        var largest = 0;
        for (var symbol = 0; symbol < frequencies.Length; symbol++)
        {
            var frequency = frequencies[symbol];
            counts[symbol] = 0;
            if (frequency == 0)
            {
                continue;
            }

            counts[symbol] = (short)Math.Max(1, (((long)frequency * size) + (total >> 1)) / total);
            left -= counts[symbol];
            if (frequency > frequencies[largest] || frequencies[largest] == 0)
            {
                largest = symbol;
            }
        }
        // What rounding left over or took too much of: from the largest share while it can bear it, then from all others.
        if (left > 0 || counts[largest] + left >= counts[largest] / 2)
        {
            counts[largest] += (short)left;
        }
        else
        {
            TakeBack(counts[..frequencies.Length], -left);
        }
    }

    private static void TakeBack(Span<short> counts, int excess)
    {
        while (excess > 0)
        {
            var largest = 0;
            for (var symbol = 1; symbol < counts.Length; symbol++)
            {
                if (counts[symbol] > counts[largest])
                {
                    largest = symbol;
                }
            }

            counts[largest]--;
            excess--;
        }
    }

    private static int ReadZeros(ReadOnlySpan<byte> source, int bit, Span<short> counts, ref int symbols)
    {
        while (true)
        {
            var zeros = Peek(source, bit, 2);
            bit += 2;
            if (zeros > counts.Length - symbols || bit >> 3 > source.Length)
            {
                throw Broken();
            }

            counts.Slice(symbols, zeros).Clear();
            symbols += zeros;
            if (zeros < 3)
            {
                return bit;
            }
        }
    }

    /// <summary>Bits from the front, lowest first; zeros behind the end.</summary>
    private static int Peek(ReadOnlySpan<byte> source, int bit, int bits)
    {
        var value = 0;
        var at = bit >> 3;
        for (var i = 0; i < 4 && at + i < source.Length; i++)
        {
            value |= source[at + i] << (8 * i);
        }

        return (int)((uint)value >> (bit & 7)) & ((1 << bits) - 1);
    }

    private static RecordFormatException Broken() => new("a broken distribution of zstd symbols");
}
