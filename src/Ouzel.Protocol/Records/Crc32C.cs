using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Ouzel.Protocol.Records;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of batches of magic 2. <see cref="BitOperations"/> compiles to the processor's
/// instruction where there is one; three independent streams hide its latency of three cycles.
/// </summary>
/// <remarks>A program that was compiled ahead for any processor asks for the instruction each time it might use it, which here costs more than the instruction; so it is asked for once.</remarks>
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
    public static uint Append(uint crc, ReadOnlySpan<byte> source) =>
        Sse42.X64.IsSupported ? Append<InstructionOfX64>(crc, source) : Append<AnyMachine>(crc, source);

    /// <summary>Appends as a machine without such an instruction does; the tests call it where there is one.</summary>
    internal static uint AppendOnAnyMachine(uint crc, ReadOnlySpan<byte> source) => Append<AnyMachine>(crc, source);

    private static uint Append<TStep>(uint crc, ReadOnlySpan<byte> source)
        where TStep : struct, IStep
    {
        ulong state = ~crc;
        ref var at = ref MemoryMarshal.GetReference(source);
        var remaining = source.Length;
        if (remaining >= 3 * LaneBytes)
        {
            ref var shift = ref MemoryMarshal.GetArrayDataReference(ShiftTable);
            do
            {
                var second = 0ul;
                var third = 0ul;
                for (nuint i = 0; i < LaneBytes; i += sizeof(ulong))
                {
                    state = TStep.Add(state, Load(ref at, i));
                    second = TStep.Add(second, Load(ref at, i + LaneBytes));
                    third = TStep.Add(third, Load(ref at, i + (2 * LaneBytes)));
                }

                state = Shift(ref shift, Shift(ref shift, (uint)state) ^ (uint)second) ^ (uint)third;
                at = ref Unsafe.Add(ref at, 3 * LaneBytes);
                remaining -= 3 * LaneBytes;
            }
            while (remaining >= 3 * LaneBytes);
        }

        for (; remaining >= sizeof(ulong); remaining -= sizeof(ulong))
        {
            state = TStep.Add(state, Load(ref at, 0));
            at = ref Unsafe.Add(ref at, sizeof(ulong));
        }

        var rest = (uint)state;
        for (; remaining > 0; remaining--)
        {
            rest = TStep.Add(rest, at);
            at = ref Unsafe.Add(ref at, 1);
        }

        return ~rest;
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

    private static ulong Load(ref byte at, nuint offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Shift(ref uint table, uint state) =>
        Unsafe.Add(ref table, (byte)state) ^ Unsafe.Add(ref table, 256 + (byte)(state >> 8)) ^ Unsafe.Add(ref table, 512 + (byte)(state >> 16)) ^ Unsafe.Add(ref table, 768 + (state >> 24));

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

    /// <summary>A machine's way to take the next bytes into the checksum.</summary>
    private interface IStep
    {
        static abstract ulong Add(ulong state, ulong bytes);

        static abstract uint Add(uint state, byte next);
    }

    private readonly struct InstructionOfX64 : IStep
    {
        public static ulong Add(ulong state, ulong bytes) => Sse42.X64.Crc32(state, bytes);

        public static uint Add(uint state, byte next) => Sse42.Crc32(state, next);
    }

    private readonly struct AnyMachine : IStep
    {
        public static ulong Add(ulong state, ulong bytes) => BitOperations.Crc32C((uint)state, bytes);

        public static uint Add(uint state, byte next) => BitOperations.Crc32C(state, next);
    }
}
