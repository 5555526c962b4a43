using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Zstandard (RFC 8878), read and written without a native library.</summary>
internal static class ZstdCodec
{
    /// <summary>Kafka's default of compression.zstd.level.</summary>
    internal const int DefaultLevel = 3;

    internal const uint Magic = 0xFD2FB528;

    private const uint SkippableMagic = 0x184D2A50;
    private const uint SkippableMask = 0xFFFFFFF0;

    /// <summary>Its tables are worth keeping; each thread has its own.</summary>
    [ThreadStatic]
    private static ZstdBlockDecoder? _blocks;

    [ThreadStatic]
    private static ZstdEncoder? _encoder;

    /// <param name="source">One or more frames.</param>
    /// <param name="target">Where the output goes.</param>
    internal static void Decompress(ReadOnlySpan<byte> source, PooledBytes target)
    {
        if (source.IsEmpty) throw new RecordFormatException("a zstd stream of no bytes");
        var blocks = _blocks ??= new ZstdBlockDecoder();
        while (!source.IsEmpty)
        {
            if (source.Length < sizeof(uint)) throw new RecordFormatException("a zstd stream ends too early");
            uint magic = BinaryPrimitives.ReadUInt32LittleEndian(source);
            if (magic == Magic) source = new ZstdFrameReader(source[sizeof(uint)..]).Decode(target, blocks);
            else if ((magic & SkippableMask) == SkippableMagic) source = Skip(source);
            else throw new RecordFormatException("no zstd frame");
        }
    }

    /// <param name="source">What to pack.</param>
    /// <param name="target">Where to: one frame with its content's size and no checksum, like Java's producer writes.</param>
    /// <param name="level">Up to 22, negative ones are the fastest.</param>
    internal static void Compress(ReadOnlySpan<byte> source, PooledBytes target, int level) =>
        (_encoder ??= new ZstdEncoder()).Encode(source, target, level);

    private static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> source)
    {
        const int HeaderBytes = 8;
        if (source.Length < HeaderBytes) throw new RecordFormatException("a zstd stream ends too early");
        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(source[sizeof(uint)..]);
        if (bytes > source.Length - HeaderBytes) throw new RecordFormatException("a zstd stream ends too early");
        return source[(HeaderBytes + (int)bytes)..];
    }
}
