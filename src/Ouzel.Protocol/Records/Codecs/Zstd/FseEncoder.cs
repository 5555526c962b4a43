using System.Numerics;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>The encoding side of an FSE table: from the state a decoder shall reach back to the one it must come from.</summary>
internal sealed class FseEncoder
{
    private const int AccuracyMax = 9;
    private const int SymbolsMax = 64;

    private readonly ushort[] _states = new ushort[1 << AccuracyMax];
    private readonly int[] _firstState = new int[SymbolsMax];
    private readonly uint[] _bits = new uint[SymbolsMax];
    private int _accuracy;

    internal void Build(ReadOnlySpan<short> counts, int accuracy)
    {
        var size = 1 << accuracy;
        _accuracy = accuracy;
        Span<byte> symbols = stackalloc byte[size];
        Span<int> next = stackalloc int[counts.Length];
        FseTable.Spread(counts, accuracy, symbols);
        var total = 0;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            var count = Math.Abs((int)counts[symbol]);
            next[symbol] = total;
            if (count == 0)
            {
                continue;
            }

            var bits = count == 1 ? accuracy : accuracy - BitOperations.Log2((uint)(count - 1));
            _bits[symbol] = (uint)((bits << 16) - (count << bits));
            _firstState[symbol] = total - count;
            total += count;
        }

        for (var state = 0; state < size; state++)
        {
            _states[next[symbols[state]]++] = (ushort)(size + state);
        }
    }

    /// <summary>The table of one symbol takes no bits.</summary>
    internal void BuildSingle(int symbol)
    {
        _accuracy = 0;
        _states[0] = 1;
        _bits[symbol] = uint.MaxValue;
        _firstState[symbol] = -1;
    }

    /// <summary>A state from which a decoder gets <paramref name="symbol"/>, the last of the stream.</summary>
    internal uint Start(int symbol)
    {
        var bits = (_bits[symbol] + (1 << 15)) >> 16;
        var state = (bits << 16) - _bits[symbol];
        return _states[(int)(state >> (int)bits) + _firstState[symbol]];
    }

    /// <summary>Steps back to a state that gives <paramref name="symbol"/> and then leads to <paramref name="state"/>.</summary>
    internal void Encode(ref BitWriter writer, ref uint state, int symbol)
    {
        var bits = (int)((state + _bits[symbol]) >> 16);
        writer.Add(state & ((1u << bits) - 1), bits);
        state = _states[(int)(state >> bits) + _firstState[symbol]];
    }

    /// <summary>Writes the state that the decoder starts with.</summary>
    internal void Finish(ref BitWriter writer, uint state) => writer.Add(state & ((1u << _accuracy) - 1), _accuracy);
}
