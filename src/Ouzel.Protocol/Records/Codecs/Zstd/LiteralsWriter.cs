using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Writes the literals section of a block: plain, one byte repeated, or Huffman-coded.</summary>
internal sealed class LiteralsWriter
{
    private const int KindPlain = 0;
    private const int KindRun = 1;
    private const int KindPacked = 2;

    /// <summary>Below this a tree costs more than it gives.</summary>
    private const int PackBytesMin = 64;

    /// <summary>From here on four streams, which a decoder can read side by side.</summary>
    private const int FourStreamsBytesMin = 256;
    private const int WeightAccuracy = 6;
    private const int WeightSymbols = 13;
    private const int PlainWeightsMax = 128;

    private readonly HuffmanCode _code = new();
    private readonly FseEncoder _weights = new();
    private readonly int[] _frequencies = new int[HuffmanTable.SymbolsMax];

    internal void Write(ReadOnlySpan<byte> literals, PooledBytes target)
    {
        var start = target.Length;
        if (literals.Length >= PackBytesMin && TryPack(literals, target))
        {
            return;
        }

        target.Truncate(start);
        if (literals.Length > 4 && literals[1..].IndexOfAnyExcept(literals[0]) < 0)
        {
            WriteHeader(target, KindRun, literals.Length);
            target.WriteByte(literals[0]);
            return;
        }

        WriteHeader(target, KindPlain, literals.Length);
        target.Write(literals);
    }

    private bool TryPack(ReadOnlySpan<byte> literals, PooledBytes target)
    {
        _frequencies.AsSpan().Clear();
        foreach (var literal in literals)
        {
            _frequencies[literal]++;
        }

        var largest = 0;
        foreach (var frequency in _frequencies)
        {
            largest = Math.Max(largest, frequency);
        }
        // One symbol needs no tree; an even spread gains nothing.
        if (largest == literals.Length || largest <= (literals.Length >> 7) + 4)
        {
            return false;
        }

        _code.Build(_frequencies);
        if ((_code.SizeInBits(_frequencies) >> 3) + 16 >= literals.Length)
        {
            return false;
        }

        var four = literals.Length >= FourStreamsBytesMin;
        var headerBytes = literals.Length < 1024 ? 3 : literals.Length < 16384 ? 4 : 5;
        var start = target.Length;
        target.Reserve(headerBytes);
        target.Advance(headerBytes);
        if (!TryWriteTree(target))
        {
            return false;
        }

        WriteStreams(literals, target, four);
        var packed = target.Length - start - headerBytes;
        if (packed >= literals.Length)
        {
            return false;
        }

        var format = headerBytes == 3 ? (four ? 1 : 0) : headerBytes - 2;
        var sizeBits = headerBytes == 3 ? 10 : headerBytes == 4 ? 14 : 18;
        var header = KindPacked | ((ulong)format << 2) | ((ulong)literals.Length << 4) | ((ulong)packed << (4 + sizeBits));
        var place = target.WritableSpan[start..];
        for (var i = 0; i < headerBytes; i++)
        {
            place[i] = (byte)(header >> (8 * i));
        }

        return true;
    }

    private void WriteStreams(ReadOnlySpan<byte> literals, PooledBytes target, bool four)
    {
        if (!four)
        {
            WriteStream(literals, target);
            return;
        }

        var table = target.Length;
        target.Reserve(6);
        target.Advance(6);
        var part = (literals.Length + 3) / 4;
        for (var i = 0; i < 4; i++)
        {
            var start = target.Length;
            WriteStream(literals.Slice(i * part, Math.Min(part, literals.Length - (i * part))), target);
            if (i < 3)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(target.WritableSpan[(table + (2 * i))..], (ushort)(target.Length - start));
            }
        }
    }

    private void WriteStream(ReadOnlySpan<byte> literals, PooledBytes target)
    {
        var bits = new BitWriter(target);
        var codes = _code.Codes;
        var lengths = _code.Lengths;
        for (var i = literals.Length - 1; i >= 0; i--)
        {
            bits.Add(codes[literals[i]], lengths[literals[i]]);
        }

        bits.Close();
    }

    private bool TryWriteTree(PooledBytes target)
    {
        var count = _code.LastSymbol;
        var start = target.Length;
        target.WriteByte(0);
        if (TryPackWeights(target, count))
        {
            var packed = target.Length - start - 1;
            if (packed < 128 && (count > PlainWeightsMax || packed < (count + 1) / 2))
            {
                target.WritableSpan[start] = (byte)packed;
                return true;
            }
        }

        target.Truncate(start);
        if (count > PlainWeightsMax)
        {
            return false;
        }

        target.WriteByte((byte)(127 + count));
        for (var i = 0; i < count; i += 2)
        {
            target.WriteByte((byte)((_code.WeightOf(i) << 4) | (i + 1 < count ? _code.WeightOf(i + 1) : 0)));
        }

        return true;
    }

    private bool TryPackWeights(PooledBytes target, int count)
    {
        Span<int> frequencies = stackalloc int[WeightSymbols];
        Span<short> shares = stackalloc short[WeightSymbols];
        frequencies.Clear();
        var largest = 0;
        for (var i = 0; i < count; i++)
        {
            largest = Math.Max(largest, ++frequencies[_code.WeightOf(i)]);
        }

        if (count < 2 || largest == count)
        {
            return false;
        }

        FseCounts.Normalize(frequencies, count, WeightAccuracy, shares);
        FseCounts.Write(target, shares, WeightAccuracy);
        _weights.Build(shares, WeightAccuracy);
        var bits = new BitWriter(target);
        var odd = _weights.Start(_code.WeightOf((count & 1) == 0 ? count - 1 : count - 2));
        var even = _weights.Start(_code.WeightOf((count & 1) == 0 ? count - 2 : count - 1));
        for (var i = count - 3; i >= 0; i--)
        {
            if ((i & 1) == 0)
            {
                _weights.Encode(ref bits, ref even, _code.WeightOf(i));
            }
            else
            {
                _weights.Encode(ref bits, ref odd, _code.WeightOf(i));
            }
        }

        _weights.Finish(ref bits, odd);
        _weights.Finish(ref bits, even);
        bits.Close();
        return true;
    }

    private static void WriteHeader(PooledBytes target, int kind, int length)
    {
        var header = length < 32 ? (uint)(kind | (length << 3))
            : length < 4096 ? (uint)(kind | (1 << 2) | (length << 4))
            : (uint)(kind | (3 << 2) | (length << 4));
        var bytes = length < 32 ? 1 : length < 4096 ? 2 : 3;
        for (var i = 0; i < bytes; i++)
        {
            target.WriteByte((byte)(header >> (8 * i)));
        }
    }
}
