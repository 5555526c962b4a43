using System.Numerics;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>The tables of RFC 8878, 3.1.1.3.2.1 and 3.1.1.3.2.2: codes of lengths and their usual distributions.</summary>
internal static class SequenceCodes
{
    internal const int LiteralLengthCodes = 36;
    internal const int MatchLengthCodes = 53;
    internal const int OffsetCodes = 32;

    internal const int LiteralLengthAccuracyMax = 9;
    internal const int MatchLengthAccuracyMax = 9;
    internal const int OffsetAccuracyMax = 8;

    internal const int LiteralLengthAccuracy = 6;
    internal const int MatchLengthAccuracy = 6;
    internal const int OffsetAccuracy = 5;

    internal const int MatchBytesMin = 3;

    internal static ReadOnlySpan<short> LiteralLengthCounts =>
        [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1];

    internal static ReadOnlySpan<short> MatchLengthCounts =>
    [
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
    ];

    internal static ReadOnlySpan<short> OffsetCounts =>
        [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1];

    internal static ReadOnlySpan<byte> LiteralLengthBits =>
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    internal static ReadOnlySpan<byte> MatchLengthBits =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ];

    internal static int[] LiteralLengthBases { get; } = Bases(LiteralLengthBits, 0);

    internal static int[] MatchLengthBases { get; } = Bases(MatchLengthBits, MatchBytesMin);

    private static byte[] ShortLiteralLengths { get; } = CodesOf(LiteralLengthBases, 64);

    private static byte[] ShortMatchLengths { get; } = CodesOf(MatchLengthBases, 131);

    internal static int LiteralLengthCode(int length) => length < 64 ? ShortLiteralLengths[length] : BitOperations.Log2((uint)length) + 19;

    internal static int MatchLengthCode(int length) => length < 131 ? ShortMatchLengths[length] : BitOperations.Log2((uint)(length - MatchBytesMin)) + 36;

    private static int[] Bases(ReadOnlySpan<byte> bits, int first)
    {
        var bases = new int[bits.Length];
        for (var code = 0; code < bits.Length; code++)
        {
            bases[code] = first;
            first += 1 << bits[code];
        }

        return bases;
    }

    private static byte[] CodesOf(int[] bases, int lengths)
    {
        var codes = new byte[lengths];
        for (var code = 0; code < bases.Length; code++)
        {
            for (var length = bases[code]; length < lengths; length++)
            {
                codes[length] = (byte)code;
            }
        }

        return codes;
    }
}
