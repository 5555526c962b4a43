namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Lengths of a Huffman code of at most 11 bits, and the codes as zstd numbers them.</summary>
internal sealed class HuffmanCode
{
    private readonly byte[] _lengths = new byte[HuffmanTable.SymbolsMax];
    private readonly ushort[] _codes = new ushort[HuffmanTable.SymbolsMax];

    internal ReadOnlySpan<byte> Lengths => _lengths;

    internal ReadOnlySpan<ushort> Codes => _codes;

    /// <summary>The longest code.</summary>
    internal int Bits { get; private set; }

    /// <summary>The largest symbol that has a code.</summary>
    internal int LastSymbol { get; private set; }

    /// <summary>Bits the symbols take when each occurs as often as given.</summary>
    internal long SizeInBits(ReadOnlySpan<int> frequencies)
    {
        long bits = 0;
        for (var symbol = 0; symbol < frequencies.Length; symbol++)
        {
            bits += (long)frequencies[symbol] * _lengths[symbol];
        }

        return bits;
    }

    /// <summary>The weight zstd writes for a symbol: the shorter its code, the larger.</summary>
    internal byte WeightOf(int symbol) => (byte)(_lengths[symbol] == 0 ? 0 : Bits + 1 - _lengths[symbol]);

    /// <summary>Builds the code; at least two symbols must occur.</summary>
    internal void Build(ReadOnlySpan<int> frequencies)
    {
        Span<int> symbols = stackalloc int[HuffmanTable.SymbolsMax];
        Span<long> keys = stackalloc long[HuffmanTable.SymbolsMax];
        var count = 0;
        for (var symbol = 0; symbol < frequencies.Length; symbol++)
        {
            _lengths[symbol] = 0;
            if (frequencies[symbol] > 0)
            {
                keys[count++] = ((long)frequencies[symbol] << 8) | (uint)symbol;
            }
        }

        keys[..count].Sort();
        for (var i = 0; i < count; i++)
        {
            symbols[i] = (int)(keys[i] & 0xff);
        }

        SetLengths(keys[..count], symbols[..count]);
        Limit(symbols[..count]);
        LastSymbol = 0;
        Bits = 0;
        for (var symbol = 0; symbol < frequencies.Length; symbol++)
        {
            if (_lengths[symbol] == 0)
            {
                continue;
            }

            LastSymbol = symbol;
            Bits = Math.Max(Bits, _lengths[symbol]);
        }

        SetCodes();
    }

    /// <summary>Joins the two rarest trees until one is left; symbols come sorted, and so do the joined trees.</summary>
    private void SetLengths(ReadOnlySpan<long> keys, ReadOnlySpan<int> symbols)
    {
        var leaves = keys.Length;
        Span<long> weight = stackalloc long[2 * HuffmanTable.SymbolsMax];
        Span<int> parent = stackalloc int[2 * HuffmanTable.SymbolsMax];
        for (var i = 0; i < leaves; i++)
        {
            weight[i] = keys[i] >> 8;
        }

        var leaf = 0;
        var tree = leaves;
        var last = (2 * leaves) - 2;
        for (var node = leaves; node <= last; node++)
        {
            long sum = 0;
            for (var child = 0; child < 2; child++)
            {
                var rarest = leaf < leaves && (tree >= node || weight[leaf] <= weight[tree]) ? leaf++ : tree++;
                sum += weight[rarest];
                parent[rarest] = node;
            }

            weight[node] = sum;
        }

        Span<byte> depth = stackalloc byte[2 * HuffmanTable.SymbolsMax];
        depth[last] = 0;
        for (var node = last - 1; node >= 0; node--)
        {
            depth[node] = (byte)(depth[parent[node]] + 1);
        }

        for (var i = 0; i < leaves; i++)
        {
            _lengths[symbols[i]] = depth[i];
        }
    }

    /// <summary>Cuts codes at 11 bits, lengthens rare ones until there is room for all, and fills the table up again.</summary>
    private void Limit(ReadOnlySpan<int> rarestFirst)
    {
        const int Full = 1 << HuffmanTable.BitsMax;
        var used = 0;
        var cut = false;
        foreach (var symbol in rarestFirst)
        {
            cut |= _lengths[symbol] > HuffmanTable.BitsMax;
            _lengths[symbol] = Math.Min(_lengths[symbol], (byte)HuffmanTable.BitsMax);
            used += Full >> _lengths[symbol];
        }

        if (!cut)
        {
            return;
        }

        for (var i = 0; used > Full; i = (i + 1) % rarestFirst.Length)
        {
            var symbol = rarestFirst[i];
            if (_lengths[symbol] == HuffmanTable.BitsMax)
            {
                continue;
            }

            used -= Full >> ++_lengths[symbol];
        }

        for (var i = rarestFirst.Length - 1; used < Full; i = i == 0 ? rarestFirst.Length - 1 : i - 1)
        {
            var symbol = rarestFirst[i];
            var gain = Full >> _lengths[symbol];
            if (_lengths[symbol] <= 1 || gain > Full - used)
            {
                continue;
            }

            _lengths[symbol]--;
            used += gain;
        }
    }

    private void SetCodes()
    {
        var position = 0;
        for (var weight = 1; weight <= Bits; weight++)
        {
            for (var symbol = 0; symbol <= LastSymbol; symbol++)
            {
                if (WeightOf(symbol) != weight)
                {
                    continue;
                }

                _codes[symbol] = (ushort)(position >> (weight - 1));
                position += 1 << (weight - 1);
            }
        }
    }
}
