using System.Numerics;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>One step of a block: so many literals, then a copy. The offset is a value of the format: 1 to 3 repeat an earlier one.</summary>
internal readonly record struct ZstdSequence(int LiteralLength, int MatchLength, int OffsetValue);

/// <summary>Writes the sequences section of a block, each kind of code with the table that makes it smallest.</summary>
internal sealed class SequencesWriter
{
    private const int ModePredefined = 0;
    private const int ModeSingle = 1;
    private const int ModeDescribed = 2;

    private readonly FseEncoder _literalLengths = new();
    private readonly FseEncoder _offsets = new();
    private readonly FseEncoder _matchLengths = new();
    private readonly int[] _literalFrequencies = new int[SequenceCodes.LiteralLengthCodes];
    private readonly int[] _offsetFrequencies = new int[SequenceCodes.OffsetCodes];
    private readonly int[] _matchFrequencies = new int[SequenceCodes.MatchLengthCodes];

    internal void Write(ReadOnlySpan<ZstdSequence> sequences, PooledBytes target)
    {
        WriteCount(target, sequences.Length);
        if (sequences.IsEmpty)
        {
            return;
        }

        Count(sequences);
        var modesAt = target.Length;
        target.WriteByte(0);
        var literalMode = Choose(_literalLengths, _literalFrequencies, sequences.Length, SequenceCodes.LiteralLengthCounts, SequenceCodes.LiteralLengthAccuracy, SequenceCodes.LiteralLengthAccuracyMax, target);
        var offsetMode = Choose(_offsets, _offsetFrequencies, sequences.Length, SequenceCodes.OffsetCounts, SequenceCodes.OffsetAccuracy, SequenceCodes.OffsetAccuracyMax, target);
        var matchMode = Choose(_matchLengths, _matchFrequencies, sequences.Length, SequenceCodes.MatchLengthCounts, SequenceCodes.MatchLengthAccuracy, SequenceCodes.MatchLengthAccuracyMax, target);
        target.WritableSpan[modesAt] = (byte)((literalMode << 6) | (offsetMode << 4) | (matchMode << 2));
        WriteStream(sequences, target);
    }

    private static void WriteCount(PooledBytes target, int count)
    {
        if (count < 128)
        {
            target.WriteByte((byte)count);
        }
        else if (count < 0x7F00)
        {
            target.WriteByte((byte)((count >> 8) + 128));
            target.WriteByte((byte)count);
        }
        else
        {
            target.WriteByte(255);
            target.WriteByte((byte)(count - 0x7F00));
            target.WriteByte((byte)((count - 0x7F00) >> 8));
        }
    }

    private void Count(ReadOnlySpan<ZstdSequence> sequences)
    {
        _literalFrequencies.AsSpan().Clear();
        _offsetFrequencies.AsSpan().Clear();
        _matchFrequencies.AsSpan().Clear();
        foreach (var sequence in sequences)
        {
            _literalFrequencies[SequenceCodes.LiteralLengthCode(sequence.LiteralLength)]++;
            _offsetFrequencies[BitOperations.Log2((uint)sequence.OffsetValue)]++;
            _matchFrequencies[SequenceCodes.MatchLengthCode(sequence.MatchLength)]++;
        }
    }

    /// <summary>Builds the cheapest table, writes its description if it needs one, and returns its mode.</summary>
    private static int Choose(FseEncoder encoder, ReadOnlySpan<int> frequencies, int total, ReadOnlySpan<short> usual, int usualAccuracy, int accuracyMax, PooledBytes target)
    {
        var last = frequencies.LastIndexOfAnyExcept(0);
        if (frequencies[last] == total && (total > 2 || last >= usual.Length))
        {
            encoder.BuildSingle(last);
            target.WriteByte((byte)last);
            return ModeSingle;
        }

        var accuracy = Math.Clamp(BitOperations.Log2((uint)total) - 1, FseCounts.AccuracyMin + 1, accuracyMax);
        Span<short> shares = stackalloc short[frequencies.Length];
        FseCounts.Normalize(frequencies, total, accuracy, shares);
        var described = Bits(frequencies, shares, accuracy) + (5 * last) + 12;
        if (last < usual.Length && Bits(frequencies, usual, usualAccuracy) <= described)
        {
            encoder.Build(usual, usualAccuracy);
            return ModePredefined;
        }

        FseCounts.Write(target, shares[..(last + 1)], accuracy);
        encoder.Build(shares[..(last + 1)], accuracy);
        return ModeDescribed;
    }

    private static double Bits(ReadOnlySpan<int> frequencies, ReadOnlySpan<short> shares, int accuracy)
    {
        double bits = 0;
        for (var symbol = 0; symbol < frequencies.Length; symbol++)
        {
            if (frequencies[symbol] > 0)
            {
                bits += frequencies[symbol] * (accuracy - Math.Log2(Math.Abs((int)shares[symbol])));
            }
        }

        return bits;
    }

    /// <summary>The stream is read from its end, so the last sequence is written first.</summary>
    private void WriteStream(ReadOnlySpan<ZstdSequence> sequences, PooledBytes target)
    {
        var bits = new BitWriter(target);
        uint literalState = 0;
        uint offsetState = 0;
        uint matchState = 0;
        for (var i = sequences.Length - 1; i >= 0; i--)
        {
            var sequence = sequences[i];
            var literalCode = SequenceCodes.LiteralLengthCode(sequence.LiteralLength);
            var matchCode = SequenceCodes.MatchLengthCode(sequence.MatchLength);
            var offsetCode = BitOperations.Log2((uint)sequence.OffsetValue);
            if (i == sequences.Length - 1)
            {
                literalState = _literalLengths.Start(literalCode);
                offsetState = _offsets.Start(offsetCode);
                matchState = _matchLengths.Start(matchCode);
            }
            else
            {
                _offsets.Encode(ref bits, ref offsetState, offsetCode);
                _matchLengths.Encode(ref bits, ref matchState, matchCode);
                _literalLengths.Encode(ref bits, ref literalState, literalCode);
            }

            bits.Add((uint)(sequence.LiteralLength - SequenceCodes.LiteralLengthBases[literalCode]), SequenceCodes.LiteralLengthBits[literalCode]);
            bits.Add((uint)(sequence.MatchLength - SequenceCodes.MatchLengthBases[matchCode]), SequenceCodes.MatchLengthBits[matchCode]);
            bits.Add((uint)sequence.OffsetValue & ((1u << offsetCode) - 1), offsetCode);
        }

        _matchLengths.Finish(ref bits, matchState);
        _offsets.Finish(ref bits, offsetState);
        _literalLengths.Finish(ref bits, literalState);
        bits.Close();
    }
}
