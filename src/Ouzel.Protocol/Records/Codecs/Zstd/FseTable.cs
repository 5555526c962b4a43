using System.Numerics;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>A decoding table: each state names a symbol, and the bits that lead to the next state.</summary>
internal sealed class FseTable
{
    private readonly int _accuracyMax;

    internal FseTable(int accuracyMax)
    {
        _accuracyMax = accuracyMax;
        Cells = new Cell[1 << accuracyMax];
    }

    /// <summary>One state.</summary>
    internal struct Cell
    {
        internal ushort Baseline;
        internal byte Bits;
        internal byte Symbol;
    }

    internal Cell[] Cells { get; }

    /// <summary>Logarithm of the number of states in use; -1 before any table was built.</summary>
    internal int Accuracy { get; private set; } = -1;

    /// <summary>Reads a distribution and builds the table; returns the bytes taken.</summary>
    internal int Read(ReadOnlySpan<byte> source, int symbolsMax)
    {
        Span<short> counts = stackalloc short[symbolsMax];
        var taken = FseCounts.Read(source, counts, _accuracyMax, out var accuracy, out var symbols);
        Build(counts[..symbols], accuracy);
        return taken;
    }

    /// <summary>The table of one symbol: no bits are read.</summary>
    internal void BuildSingle(byte symbol)
    {
        Cells[0] = new Cell { Symbol = symbol };
        Accuracy = 0;
    }

    internal void Build(ReadOnlySpan<short> counts, int accuracy)
    {
        var size = 1 << accuracy;
        Span<ushort> next = stackalloc ushort[counts.Length];
        Span<byte> symbols = stackalloc byte[size];
        Spread(counts, accuracy, symbols);
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            next[symbol] = (ushort)Math.Abs(counts[symbol]);
        }

        for (var state = 0; state < size; state++)
        {
            var symbol = symbols[state];
            int count = next[symbol]++;
            var bits = accuracy - BitOperations.Log2((uint)count);
            Cells[state] = new Cell { Symbol = symbol, Bits = (byte)bits, Baseline = (ushort)((count << bits) - size) };
        }

        Accuracy = accuracy;
    }

    /// <summary>Which symbol stands at each state: the rare ones at the end, the others in steps that scatter them.</summary>
    internal static void Spread(ReadOnlySpan<short> counts, int accuracy, Span<byte> symbols)
    {
        var size = 1 << accuracy;
        var high = size - 1;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] == -1)
            {
                symbols[high--] = (byte)symbol;
            }
        }

        var step = (size >> 1) + (size >> 3) + 3;
        var position = 0;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            for (var i = 0; i < counts[symbol]; i++)
            {
                symbols[position] = (byte)symbol;
                do
                {
                    position = (position + step) & (size - 1);
                }
                while (position > high);
            }
        }
    }
}
