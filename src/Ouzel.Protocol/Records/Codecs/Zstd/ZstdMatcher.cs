using System.Runtime.CompilerServices;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Splits a block into literals and copies. Higher levels look at more candidates, and one position further.</summary>
internal sealed unsafe class ZstdMatcher
{
    private const int MatchBytesMin = 4;

    /// <summary>A copy this short from further away costs as much as its literals.</summary>
    private const int FarOffset = 1 << 16;
    private const int TailBytes = 8;
    private const int LazyLevelMin = 4;
    private const int SkipLevelMax = 5;

    private readonly byte[] _literals = new byte[ZstdBlockDecoder.BlockBytesMax];
    private readonly ZstdSequence[] _sequences = new ZstdSequence[(ZstdBlockDecoder.BlockBytesMax / MatchBytesMin) + 1];
    private MatchChain _chain = null!;
    private bool _lazy;
    private int _skipShift;
    private int _literalCount;
    private int _sequenceCount;
    private (int First, int Second, int Third) _offsets;
    private (int First, int Second, int Third) _offsetsBefore;

    internal ReadOnlySpan<byte> Literals => _literals.AsSpan(0, _literalCount);

    internal ReadOnlySpan<ZstdSequence> Sequences => _sequences.AsSpan(0, _sequenceCount);

    /// <summary>How many candidates a level looks at per position.</summary>
    internal static int DepthOf(int level) => level <= 1 ? 1 : 1 << Math.Min(level - 1, 9);

    internal void Start(MatchChain chain, int level)
    {
        _chain = chain;
        _lazy = level >= LazyLevelMin;
        _skipShift = level <= SkipLevelMax ? 6 : 30;
        _offsets = (1, 4, 8);
    }

    /// <summary>The block was written plain: a decoder's repeated offsets stay as they were before it.</summary>
    internal void Undo() => _offsets = _offsetsBefore;

    /// <summary>Finds the sequences of a block; false when nothing repeats in it.</summary>
    internal bool TryFind(byte* input, int inputLength, int start, int length)
    {
        _offsetsBefore = _offsets;
        _literalCount = 0;
        _sequenceCount = 0;
        var end = start + length;
        var limit = Math.Min(end, inputLength) - TailBytes;
        var literalStart = start;
        var misses = 1 << _skipShift;
        for (var at = start; at < limit;)
        {
            var matched = FindAt(input, at, end, literalStart, out var offset);
            if (matched == 0)
            {
                at += misses++ >> _skipShift;
                continue;
            }

            misses = 1 << _skipShift;
            while (_lazy && at + 1 < limit)
            {
                var later = _chain.Find(input, at + 1, end, matched, out var laterOffset);
                if (later <= matched + 1)
                {
                    break;
                }

                at++;
                matched = later;
                offset = laterOffset;
            }

            while (at > literalStart && at - offset > 0 && input[at - 1] == input[at - offset - 1])
            {
                at--;
                matched++;
            }

            Emit(input, literalStart, at, matched, offset);
            at += matched;
            literalStart = at;
        }

        var rest = end - literalStart;
        new ReadOnlySpan<byte>(input + literalStart, rest).CopyTo(_literals.AsSpan(_literalCount));
        _literalCount += rest;
        return true;
    }

    /// <summary>A repetition of the last offset is the cheapest copy there is, so it is tried first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FindAt(byte* input, int at, int end, int literalStart, out int offset)
    {
        var repeated = at > literalStart ? _offsets.First : _offsets.Second;
        var repeatedLength = 0;
        if (at >= repeated && Unsafe.ReadUnaligned<uint>(input + at) == Unsafe.ReadUnaligned<uint>(input + at - repeated))
        {
            repeatedLength = LzCopy.CommonLength(input + at - repeated, input + at, input + end);
        }

        if (repeatedLength >= 32)
        {
            offset = repeated;
            return repeatedLength;
        }

        var matched = _chain.Find(input, at, end, Math.Max(MatchBytesMin - 1, repeatedLength + (repeatedLength > 0 ? 1 : 0)), out offset);
        if (matched == MatchBytesMin && offset > FarOffset)
        {
            matched = 0;
        }

        if (matched > 0)
        {
            return matched;
        }

        offset = repeated;
        return repeatedLength;
    }

    private void Emit(byte* input, int literalStart, int at, int matched, int offset)
    {
        var literals = at - literalStart;
        new ReadOnlySpan<byte>(input + literalStart, literals).CopyTo(_literals.AsSpan(_literalCount));
        _literalCount += literals;
        _sequences[_sequenceCount++] = new ZstdSequence(literals, matched, OffsetValue(offset, literals));
    }

    /// <summary>The value that names an offset, and what the decoder will remember after it.</summary>
    private int OffsetValue(int offset, int literals)
    {
        var (first, second, third) = _offsets;
        var which = offset == first ? 0 : offset == second ? 1 : offset == third ? 2 : offset == first - 1 && literals == 0 ? 3 : -1;
        var value = which - (literals == 0 ? 1 : 0) + 1;
        if (which < 0 || value < 1)
        {
            _offsets = (offset, first, second);
            return offset + 3;
        }

        if (which == 1)
        {
            _offsets = (second, first, third);
        }
        else if (which > 1)
        {
            _offsets = (offset, first, second);
        }

        return value;
    }
}
