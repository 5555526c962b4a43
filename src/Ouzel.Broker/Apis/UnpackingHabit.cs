using System.Buffers.Binary;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Apis;

/// <summary>
/// Whether the compressed batches of a connection are checked where they were read, or on a thread that polls nothing: some thousand bytes may unpack to hundreds of
/// millions, and what they unpack to is known only afterwards. A connection is trusted once some of its batches took little time, and until one takes long.
/// </summary>
/// <remarks>One per connection, used by whoever handles its present request.</remarks>
internal sealed class UnpackingHabit
{
    /// <summary>What may be unpacked on a socket thread whoever sent it.</summary>
    private const int HereBytesMax = 1 << 20;

    private const int BatchesToTrust = 8;

    // How much larger the formats can make their input at most; zstd has no such bound.
    private const int SnappyRatio = 22;
    private const int Lz4Ratio = 256;
    private const int GzipRatio = 1040;

    private const int AttributesAt = 21;
    private const int CodecMask = 7;

    private static readonly TimeSpan LittleTime = TimeSpan.FromMilliseconds(1);

    private int _cheap;

    public bool IsTrusted => _cheap >= BatchesToTrust;

    /// <summary>Whether a batch of magic 2 may unpack to more than a socket thread should be kept for.</summary>
    public static bool MayBeMuch(ReadOnlySpan<byte> batch)
    {
        if (batch.Length < AttributesAt + sizeof(short))
        {
            return false;
        }

        long bytesMax = (CompressionCodec)(BinaryPrimitives.ReadInt16BigEndian(batch[AttributesAt..]) & CodecMask) switch
        {
            CompressionCodec.None => 0,
            CompressionCodec.Snappy => (long)batch.Length * SnappyRatio,
            CompressionCodec.Lz4 => (long)batch.Length * Lz4Ratio,
            CompressionCodec.Gzip => (long)batch.Length * GzipRatio,
            _ => long.MaxValue,
        };
        return bytesMax > HereBytesMax;
    }

    /// <summary>One of its batches took so long.</summary>
    public void Note(TimeSpan took) => _cheap = took > LittleTime ? 0 : Math.Min(_cheap + 1, BatchesToTrust);
}
