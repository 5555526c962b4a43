using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Lz4;

/// <summary>LZ4 frames. Every option of the format is read; what is written is what Java's producer writes: independent blocks of 64 KiB.</summary>
internal static class Lz4Codec
{
    /// <summary>Kafka's default of compression.lz4.level, which there means the fast compressor.</summary>
    internal const int DefaultLevel = 9;

    private const uint Magic = 0x184D2204;
    private const uint SkippableMagic = 0x184D2A50;
    private const uint SkippableMask = 0xFFFFFFF0;
    private const int BlockBytes = 64 << 10;
    private const uint StoredBit = 0x80000000;

    /// <summary>Version 1, independent blocks, no checksums, no content size.</summary>
    private const byte Flags = 0x60;

    /// <summary>Blocks of 64 KiB.</summary>
    private const byte BlockDescriptor = 0x40;

    /// <param name="source">One or more frames; what follows them and is none is ignored, as by Java's reader.</param>
    /// <param name="target">Where the output goes.</param>
    /// <param name="anyHeaderChecksum">Accept a wrong header checksum: clients of magic 0 computed it over the wrong bytes (KAFKA-3160).</param>
    internal static void Decompress(ReadOnlySpan<byte> source, PooledBytes target, bool anyHeaderChecksum = false)
    {
        bool found = false;
        while (source.Length >= sizeof(uint))
        {
            uint magic = BinaryPrimitives.ReadUInt32LittleEndian(source);
            if (magic == Magic)
            {
                source = new Lz4FrameReader(source[sizeof(uint)..], anyHeaderChecksum).Decode(target);
                found = true;
            }
            else if ((magic & SkippableMask) == SkippableMagic)
            {
                if (source.Length < 8) throw new RecordFormatException("an LZ4 stream ends too early");
                uint skip = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
                if (skip > source.Length - 8) throw new RecordFormatException("an LZ4 stream ends too early");
                source = source[(8 + (int)skip)..];
            }
            else
            {
                break;
            }
        }
        if (!found) throw new RecordFormatException("no LZ4 frame");
    }

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
            int block = Math.Min(source.Length, BlockBytes);
            WriteBlock(source[..block], target, chain);
            source = source[block..];
        }
        WriteUInt(target, 0);
    }

    private static void WriteBlock(ReadOnlySpan<byte> block, PooledBytes target, MatchChain? chain)
    {
        int lengthAt = target.Length;
        WriteUInt(target, 0);
        if (chain is null) Lz4Encoder.EncodeFast(block, target);
        else Lz4Encoder.EncodeThorough(block, target, chain);
        uint length = (uint)(target.Length - lengthAt - sizeof(uint));
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
