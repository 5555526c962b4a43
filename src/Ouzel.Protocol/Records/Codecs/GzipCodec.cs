using System.IO.Compression;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>gzip (RFC 1952) by the runtime's zlib.</summary>
internal static class GzipCodec
{
    /// <summary>zlib's own choice, 6.</summary>
    internal const int DefaultLevel = -1;

    private const int StepBytes = 16 << 10;

    /// <summary>The runtime writes no bytes at all when it was given none.</summary>
    private static ReadOnlySpan<byte> Empty => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    internal static unsafe void Decompress(ReadOnlySpan<byte> source, PooledBytes target)
    {
        // The runtime takes no bytes at all for a stream of no bytes.
        if (source.IsEmpty) throw new RecordFormatException("a gzip stream of no bytes");
        fixed (byte* start = source)
        {
            using var packed = new UnmanagedMemoryStream(start, source.Length);
            using var stream = new GZipStream(packed, CompressionMode.Decompress);
            try
            {
                while (target.Length < target.BytesMax)
                {
                    int read = stream.Read(target.Reserve(Math.Min(StepBytes, target.BytesMax - target.Length)));
                    if (read == 0) return;
                    target.Advance(read);
                }
                if (stream.ReadByte() >= 0) throw new RecordFormatException($"a gzip stream of more than {target.BytesMax} bytes");
            }
            catch (InvalidDataException e)
            {
                throw new RecordFormatException("a broken gzip stream", e);
            }
        }
    }

    internal static void Compress(ReadOnlySpan<byte> source, PooledBytes target, int level)
    {
        if (source.IsEmpty)
        {
            target.Write(Empty);
            return;
        }
        using var sink = new PooledBytesStream(target);
        using var stream = new GZipStream(sink, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);
        stream.Write(source);
    }
}
