namespace Ouzel.Protocol.Records;

/// <summary>CRC-32 as zlib computes it: the checksum of messages of magic 0 and 1. Old formats are rare, so a table per byte is enough.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Remainders = Table();

    internal static uint Compute(ReadOnlySpan<byte> source)
    {
        var state = ~0u;
        foreach (var b in source)
        {
            state = (state >> 8) ^ Remainders[(byte)(state ^ b)];
        }

        return ~state;
    }

    private static uint[] Table()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var state = i;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state >> 1) ^ (Polynomial & (0 - (state & 1)));
            }

            table[i] = state;
        }

        return table;
    }
}
