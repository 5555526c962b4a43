using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Snappy;

/// <summary>
/// Snappy as Kafka clients use it: in the chunks of the Java library's stream ("xerial" framing), or as one raw block,
/// as librdkafka may send it. Chunks are written, both are read.
/// </summary>
internal static class SnappyCodec
{
    /// <summary>What the Java library writes per chunk.</summary>
    private const int ChunkBytes = 32 << 10;

    private const int HeaderBytes = 16;
    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    internal static void Decompress(ReadOnlySpan<byte> source, PooledBytes target)
    {
        if (source.IsEmpty) throw new RecordFormatException("a snappy stream of no bytes");
        if (!source.StartsWith(Magic))
        {
            SnappyDecoder.DecodeBlock(source, target);
            return;
        }
        while (!source.IsEmpty)
        {
            // A stream may follow another: its header stands where a chunk would.
            if (source.StartsWith(Magic))
            {
                source = SkipHeader(source);
                continue;
            }
            if (source.Length < sizeof(int)) throw new RecordFormatException("a snappy stream ends inside a chunk's length");
            int length = BinaryPrimitives.ReadInt32BigEndian(source);
            source = source[sizeof(int)..];
            if (length <= 0 || length > source.Length) throw new RecordFormatException($"a snappy chunk of {length} bytes where {source.Length} are left");
            SnappyDecoder.DecodeBlock(source[..length], target);
            source = source[length..];
        }
    }

    internal static void Compress(ReadOnlySpan<byte> source, PooledBytes target)
    {
        target.Write(Magic);
        WriteInt(target, Version);
        WriteInt(target, Version);
        while (!source.IsEmpty)
        {
            int chunk = Math.Min(source.Length, ChunkBytes);
            int lengthAt = target.Length;
            WriteInt(target, 0);
            SnappyEncoder.EncodeBlock(source[..chunk], target);
            BinaryPrimitives.WriteInt32BigEndian(target.WritableSpan[lengthAt..], target.Length - lengthAt - sizeof(int));
            source = source[chunk..];
        }
    }

    private static ReadOnlySpan<byte> SkipHeader(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderBytes) throw new RecordFormatException("a snappy stream ends inside its header");
        int compatible = BinaryPrimitives.ReadInt32BigEndian(source[12..]);
        if (compatible < Version) throw new RecordFormatException($"a snappy stream of version {compatible}");
        return source[HeaderBytes..];
    }

    private static void WriteInt(PooledBytes target, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(target.Reserve(sizeof(int)), value);
        target.Advance(sizeof(int));
    }
}
