namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Zstandard (RFC 8878), read and written without a native library.</summary>
internal static class ZstdCodec
{
    /// <summary>Kafka's default of compression.zstd.level.</summary>
    internal const int DefaultLevel = 3;

    internal const uint Magic = 0xFD2FB528;

    /// <summary>Its tables are worth keeping; each thread has its own.</summary>
    [ThreadStatic]
    private static ZstdEncoder? _encoder;

    /// <param name="source">What to pack.</param>
    /// <param name="target">Where to: one frame with its content's size and no checksum, like Java's producer writes.</param>
    /// <param name="level">Up to 22, negative ones are the fastest.</param>
    internal static void Compress(ReadOnlySpan<byte> source, PooledBytes target, int level) =>
        (_encoder ??= new ZstdEncoder()).Encode(source, target, level);
}
