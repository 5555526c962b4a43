using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Lz4;

/// <summary>LZ4 frames as Java's producer writes them: independent blocks of 64 KiB.</summary>
internal static class Lz4Codec
{
    /// <summary>Kafka's default of compression.lz4.level, which there means the fast compressor.</summary>
    internal const int DefaultLevel = 9;

    internal const uint Magic = 0x184D2204;
    private const int BlockBytes = 64 << 10;
    private const uint StoredBit = 0x80000000;

    /// <summary>Version 1, independent blocks, no checksums, no content size.</summary>
    private const byte Flags = 0x60;

    /// <summary>Blocks of 64 KiB.</summary>
    private const byte BlockDescriptor = 0x40;

    /// <param name="source">What to pack.</param>
    /// <param name="target">Where to.</param>
    /// <param name="level">1 to 17; 9 is the fast compressor, as in Kafka, the others search harder the higher they are.</param>
    /// <param name="wrongHeaderChecksum">Write the header checksum that readers of magic 0 expect.</param>
    internal static void Compress(ReadOnlySpan<byte> source, PooledBytes target, int level, bool wrongHeaderChecksum = false)
    {
        var header = target.Reserve(7);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[4] = Flags;
        header[5] = BlockDescriptor;
        header[6] = (byte)(XxHash32.Compute(wrongHeaderChecksum ? header[..6] : header[4..6]) >> 8);
        target.Advance(7);
        using var chain = level == DefaultLevel ? null : new MatchChain(BlockBytes, 1 << Math.Clamp(level, 1, 12));
        while (!source.IsEmpty)
        {
            var block = Math.Min(source.Length, BlockBytes);
            WriteBlock(source[..block], target, chain);
            source = source[block..];
        }

        WriteUInt(target, 0);
    }

    private static void WriteBlock(ReadOnlySpan<byte> block, PooledBytes target, MatchChain? chain)
    {
        var lengthAt = target.Length;
        WriteUInt(target, 0);
        if (chain is null)
        {
            Lz4Encoder.EncodeFast(block, target);
        }
        else
        {
            Lz4Encoder.EncodeThorough(block, target, chain);
        }

        var length = (uint)(target.Length - lengthAt - sizeof(uint));
        if (length >= block.Length)
        {
            target.Truncate(lengthAt + sizeof(uint));
            target.Write(block);
            length = (uint)block.Length | StoredBit;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(target.WritableSpan[lengthAt..], length);
    }

    private static void WriteUInt(PooledBytes target, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target.Reserve(sizeof(uint)), value);
        target.Advance(sizeof(uint));
    }
}
