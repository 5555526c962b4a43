using System.IO.Compression;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>gzip (RFC 1952) by the runtime's zlib.</summary>
internal static class GzipCodec
{
    /// <summary>zlib's own choice, 6.</summary>
    internal const int DefaultLevel = -1;

    /// <summary>The runtime writes no bytes at all when it was given none.</summary>
    private static ReadOnlySpan<byte> Empty => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>The runtime takes a stream that ends inside its trailer unless it is told not to, before it is first used; Java's reader refuses one.</summary>
    static GzipCodec() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>The first bytes of a member.</summary>
    internal static ReadOnlySpan<byte> Magic => [0x1f, 0x8b];

    internal static GZipStream Reader(Stream source) => new(source, CompressionMode.Decompress);

    internal static void Compress(ReadOnlySpan<byte> source, PooledBytes target, int level)
    {
        if (source.IsEmpty)
        {
            target.Write(Empty);
            return;
        }

        using var stream = Writer(target, level);
        stream.Write(source);
    }

    /// <summary>Packs what is written to it; its end is written when it is disposed of.</summary>
    internal static GZipStream Writer(PooledBytes target, int level) => new(new PooledBytesStream(target), new ZLibCompressionOptions { CompressionLevel = level });
}
