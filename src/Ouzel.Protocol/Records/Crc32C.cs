using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ouzel.Protocol.Records;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of batches of magic 2. <see cref="BitOperations"/> compiles to the processor's
/// instruction where there is one; three independent streams hide its latency of three cycles.
/// </summary>
public static class Crc32C
{
    /// <summary>Bytes of one of the three streams: a block of three is worth one combination.</summary>
    private const int LaneBytes = 512;

    /// <summary>The bit-reversed polynomial.</summary>
    private const uint Polynomial = 0x82F63B78;

    /// <summary>Moves a checksum past <see cref="LaneBytes"/> zero bytes, one table per byte of the checksum.</summary>
    private static readonly uint[] ShiftTable = ShiftTables(LaneBytes);

    /// <summary>The checksum of <paramref name="source"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> source) => Append(0, source);

    /// <summary>The checksum of the bytes behind <paramref name="crc"/> followed by <paramref name="source"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> source)
    {
        var state = ~crc;
        ref var at = ref MemoryMarshal.GetReference(source);
        var remaining = source.Length;
        while (remaining >= 3 * LaneBytes)
        {
            uint second = 0;
            uint third = 0;
            for (var i = 0; i < LaneBytes; i += sizeof(ulong))
            {
                state = BitOperations.Crc32C(state, Load(ref at, i));
                second = BitOperations.Crc32C(second, Load(ref at, i + LaneBytes));
                third = BitOperations.Crc32C(third, Load(ref at, i + (2 * LaneBytes)));
            }

            state = Shift(Shift(state) ^ second) ^ third;
            at = ref Unsafe.Add(ref at, 3 * LaneBytes);
            remaining -= 3 * LaneBytes;
        }

        for (; remaining >= sizeof(ulong); remaining -= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, Load(ref at, 0));
            at = ref Unsafe.Add(ref at, sizeof(ulong));
        }

        for (; remaining > 0; remaining--)
        {
            state = BitOperations.Crc32C(state, at);
            at = ref Unsafe.Add(ref at, 1);
        }

        return ~state;
    }

    /// <summary>Bit by bit, straight from the definition: what the fast one is tested against.</summary>
    internal static uint ComputeByDefinition(ReadOnlySpan<byte> source)
    {
        var state = ~0u;
        foreach (var b in source)
        {
            state ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state >> 1) ^ (Polynomial & (0 - (state & 1)));
            }
        }

        return ~state;
    }

    private static ulong Load(ref byte at, int offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, offset));

    private static uint Shift(uint state) =>
        ShiftTable[(byte)state] ^ ShiftTable[256 + (byte)(state >> 8)] ^ ShiftTable[512 + (byte)(state >> 16)] ^ ShiftTable[768 + (state >> 24)];

    /// <summary>A checksum is linear in its state, so what zero bytes do to any state follows from what they do to each bit.</summary>
    private static uint[] ShiftTables(int bytes)
    {
        Span<uint> byBit = stackalloc uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            var state = 1u << bit;
            for (var i = 0; i < bytes * 8; i++)
            {
                state = (state >> 1) ^ (Polynomial & (0 - (state & 1)));
            }

            byBit[bit] = state;
        }

        var tables = new uint[4 * 256];
        for (var table = 0; table < 4; table++)
        {
            for (var value = 0; value < 256; value++)
            {
                uint sum = 0;
                for (var bit = 0; bit < 8; bit++)
                {
                    if ((value >> bit & 1) != 0)
                    {
                        sum ^= byBit[(table * 8) + bit];
                    }
                }

                tables[(table * 256) + value] = sum;
            }
        }

        return tables;
    }
}
