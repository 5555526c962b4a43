using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>The codes of literals: a table over the next bits of a stream (RFC 8878, 4.2).</summary>
internal sealed class HuffmanTable
{
    internal const int BitsMax = 11;
    internal const int SymbolsMax = 256;

    private const int WeightMax = 12;
    private const int WeightAccuracyMax = 6;

    /// <summary>Symbol in the high byte, bits to skip in the low one.</summary>
    private readonly ushort[] _cells = new ushort[1 << BitsMax];
    private readonly FseTable _weightTable = new(WeightAccuracyMax);
    private int _bits;

    /// <summary>False until a description was read in this frame.</summary>
    internal bool IsKnown => _bits > 0;

    internal void Forget() => _bits = 0;

    /// <summary>Reads the description of a tree; returns the bytes taken.</summary>
    internal int Read(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            throw Broken();
        }

        Span<byte> weights = stackalloc byte[SymbolsMax];
        int head = source[0];
        var taken = 1 + (head < 128 ? head : (head - 126) / 2);
        if (taken > source.Length)
        {
            throw Broken();
        }

        var body = source[1..taken];
        var count = head < 128 ? ReadPackedWeights(body, weights) : ReadPlainWeights(body, weights, head - 127);
        Build(weights, count);
        return taken;
    }

    /// <summary>Reads one stream that gives exactly the bytes of <paramref name="target"/>.</summary>
    internal void Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        const int SymbolsPerPeek = ReverseBits.PeekMax / BitsMax;
        var bits = new ReverseBits(source);
        var width = _bits;
        var mask = (1u << width) - 1;
        ref var cells = ref MemoryMarshal.GetArrayDataReference(_cells);
        var at = 0;
        while (at <= target.Length - SymbolsPerPeek && bits.BitsLeft >= ReverseBits.PeekMax)
        {
            var word = bits.Peek(ReverseBits.PeekMax);
            var shift = ReverseBits.PeekMax - width;
            for (var i = 0; i < SymbolsPerPeek; i++)
            {
                var cell = Unsafe.Add(ref cells, (uint)(word >> shift) & mask);
                target[at + i] = (byte)(cell >> 8);
                shift -= (byte)cell;
            }

            at += SymbolsPerPeek;
            bits.Skip(ReverseBits.PeekMax - width - shift);
        }

        for (; at < target.Length; at++)
        {
            var cell = _cells[(int)bits.Peek(width)];
            target[at] = (byte)(cell >> 8);
            bits.Skip((byte)cell);
        }

        if (bits.BitsLeft != 0)
        {
            throw Broken();
        }
    }

    private static int ReadPlainWeights(ReadOnlySpan<byte> source, Span<byte> weights, int count)
    {
        for (var i = 0; i < count; i++)
        {
            weights[i] = (byte)((i & 1) == 0 ? source[i / 2] >> 4 : source[i / 2] & 15);
        }

        return count;
    }

    /// <summary>Two states take turns until the stream is used up; then each still owes its symbol.</summary>
    private int ReadPackedWeights(ReadOnlySpan<byte> source, Span<byte> weights)
    {
        var taken = _weightTable.Read(source, WeightMax + 1);
        var bits = new ReverseBits(source[taken..]);
        var cells = _weightTable.Cells;
        var first = bits.Read(_weightTable.Accuracy);
        var second = bits.Read(_weightTable.Accuracy);
        if (bits.BitsLeft < 0)
        {
            throw Broken();
        }

        for (var count = 0; count < SymbolsMax - 2;)
        {
            var cell = cells[first];
            weights[count++] = cell.Symbol;
            first = cell.Baseline + bits.Read(cell.Bits);
            if (bits.BitsLeft < 0)
            {
                weights[count++] = cells[second].Symbol;
                return count;
            }

            (first, second) = (second, first);
        }

        throw Broken();
    }

    private void Build(Span<byte> weights, int count)
    {
        Span<int> ofWeight = stackalloc int[WeightMax + 2];
        ofWeight.Clear();
        var sum = 0;
        for (var i = 0; i < count; i++)
        {
            if (weights[i] > WeightMax)
            {
                throw Broken();
            }

            if (weights[i] > 0)
            {
                sum += 1 << (weights[i] - 1);
            }
        }

        if (sum == 0)
        {
            throw Broken();
        }
        // The last weight is not written: it is what fills the table.
        var bits = BitOperations.Log2((uint)sum) + 1;
        var rest = (1 << bits) - sum;
        if (bits > BitsMax || !BitOperations.IsPow2(rest))
        {
            throw Broken();
        }

        weights[count++] = (byte)(BitOperations.Log2((uint)rest) + 1);
        for (var i = 0; i < count; i++)
        {
            ofWeight[weights[i]]++;
        }

        var position = 0;
        Span<int> starts = stackalloc int[WeightMax + 2];
        for (var weight = 1; weight <= WeightMax; weight++)
        {
            starts[weight] = position;
            position += ofWeight[weight] << (weight - 1);
        }

        for (var symbol = 0; symbol < count; symbol++)
        {
            int weight = weights[symbol];
            if (weight == 0)
            {
                continue;
            }

            var length = 1 << (weight - 1);
            _cells.AsSpan(starts[weight], length).Fill((ushort)((symbol << 8) | (bits + 1 - weight)));
            starts[weight] += length;
        }

        _bits = bits;
    }

    private static RecordFormatException Broken() => new("broken zstd literals");
}
