using Ouzel.Protocol.Records.Codecs;
using Ouzel.Protocol.Records.Codecs.Lz4;
using Ouzel.Protocol.Records.Codecs.Snappy;
using Ouzel.Protocol.Records.Codecs.Zstd;

namespace Ouzel.Protocol.Records;

/// <summary>Packs and unpacks the records part of batches. Unpacking is bounded by the target's limit.</summary>
public static class Compression
{
    /// <summary>Asks a codec for its own default level (Kafka's: gzip -1, lz4 9, zstd 3).</summary>
    public const int DefaultLevel = int.MinValue;

    /// <summary>Appends <paramref name="source"/>, unpacked, to <paramref name="target"/>.</summary>
    /// <exception cref="RecordFormatException">The stream is broken, or gives more than the target may hold.</exception>
    public static void Decompress(CompressionCodec codec, ReadOnlySpan<byte> source, PooledBytes target)
    {
        if (codec == CompressionCodec.None)
        {
            target.Write(source);
            return;
        }

        using var unpacker = Unpacker.Rent(codec);
        unpacker.CopyTo(source, target);
    }

    /// <summary>Appends <paramref name="source"/>, packed, to <paramref name="target"/>.</summary>
    /// <param name="codec">One of the known codecs.</param>
    /// <param name="source">What to pack.</param>
    /// <param name="target">Where to.</param>
    /// <param name="level">The codec's own scale, as in the settings compression.*.level, or <see cref="DefaultLevel"/>.</param>
    public static void Compress(CompressionCodec codec, ReadOnlySpan<byte> source, PooledBytes target, int level = DefaultLevel)
    {
        level = LevelOf(codec, level);
        switch (codec)
        {
            case CompressionCodec.None:
                target.Write(source);
                break;
            case CompressionCodec.Gzip:
                GzipCodec.Compress(source, target, level);
                break;
            case CompressionCodec.Snappy:
                SnappyCodec.Compress(source, target);
                break;
            case CompressionCodec.Lz4:
                Lz4Codec.Compress(source, target, level);
                break;
            case CompressionCodec.Zstd:
                ZstdCodec.Compress(source, target, level);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(codec), codec, "unknown compression codec");
        }
    }

    /// <summary>The codec's own default level in place of <see cref="DefaultLevel"/>.</summary>
    internal static int LevelOf(CompressionCodec codec, int level) => level != DefaultLevel ? level : codec switch
    {
        CompressionCodec.Gzip => GzipCodec.DefaultLevel,
        CompressionCodec.Lz4 => Lz4Codec.DefaultLevel,
        CompressionCodec.Zstd => ZstdCodec.DefaultLevel,
        _ => level,
    };
}
