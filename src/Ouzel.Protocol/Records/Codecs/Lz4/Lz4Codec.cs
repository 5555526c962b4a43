using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;

namespace Ouzel.Protocol.Records.Codecs.Lz4;

/// <summary>LZ4 frames as Java's producer writes them: independent blocks of 64 KiB. The frame is ours, the blocks are the library's.</summary>
internal static class Lz4Codec
{
    /// <summary>Kafka's default of compression.lz4.level, which there means the fast compressor.</summary>
    internal const int DefaultLevel = 9;

    internal const uint Magic = 0x184D2204;
    internal const uint StoredBit = 0x80000000;
    private const int HeaderBytes = 7;
    private const int BlockBytes = 64 << 10;

    /// <summary>Version 1, independent blocks, no checksums, no content size.</summary>
    private const byte Flags = 0x60;

    /// <summary>Blocks of 64 KiB.</summary>
    private const byte BlockDescriptor = 0x40;

    /// <param name="source">What to pack.</param>
    /// <param name="target">Where to.</param>
    /// <param name="level">1 to 17; 9 is the fast compressor, as in Kafka, the others search harder the higher they are, 12 and above the hardest.</param>
    /// <param name="wrongHeaderChecksum">Write the header checksum that readers of magic 0 expect.</param>
    internal static void Compress(ReadOnlySpan<byte> source, PooledBytes target, int level, bool wrongHeaderChecksum = false)
    {
        WriteHeader(target, wrongHeaderChecksum);
        WriteBlocks(source, target, level);
        WriteEnd(target);
    }

    /// <summary>Packs a piece of a source; all but the last are whole blocks.</summary>
    internal static void CompressPiece(ReadOnlySpan<byte> source, PooledBytes target, int level, bool isFirst, bool isLast)
    {
        if (isFirst)
        {
            WriteHeader(target, wrongHeaderChecksum: false);
        }

        WriteBlocks(source, target, level);
        if (isLast)
        {
            WriteEnd(target);
        }
    }

    private static void WriteHeader(PooledBytes target, bool wrongHeaderChecksum)
    {
        var header = target.Reserve(HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[4] = Flags;
        header[5] = BlockDescriptor;
        header[6] = HeaderChecksum(wrongHeaderChecksum ? header[..6] : header[4..6]);
        target.Advance(HeaderBytes);
    }

    private static void WriteBlocks(ReadOnlySpan<byte> source, PooledBytes target, int level)
    {
        var effort = level == DefaultLevel ? LZ4Level.L00_FAST : (LZ4Level)Math.Clamp(level, (int)LZ4Level.L03_HC, (int)LZ4Level.L12_MAX);
        while (!source.IsEmpty)
        {
            var block = source[..Math.Min(source.Length, BlockBytes)];
            WriteBlock(block, target, effort);
            source = source[block.Length..];
        }
    }

    private static void WriteEnd(PooledBytes target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target.Reserve(sizeof(uint)), 0);
        target.Advance(sizeof(uint));
    }

    /// <summary>The byte that ends a frame's header.</summary>
    internal static byte HeaderChecksum(ReadOnlySpan<byte> descriptor) => (byte)(XxHash32.HashToUInt32(descriptor) >> 8);

    private static void WriteBlock(ReadOnlySpan<byte> block, PooledBytes target, LZ4Level effort)
    {
        var room = target.Reserve(sizeof(uint) + LZ4Codec.MaximumOutputSize(block.Length));
        var bytes = room[sizeof(uint)..];
        var length = (uint)LZ4Codec.Encode(block, bytes, effort);
        if (length >= block.Length)
        {
            block.CopyTo(bytes);
            length = (uint)block.Length | StoredBit;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(room, length);
        target.Advance(sizeof(uint) + (int)(length & ~StoredBit));
    }
}
