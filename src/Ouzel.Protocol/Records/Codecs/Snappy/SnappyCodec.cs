using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Snappy;

/// <summary>
/// Snappy as Kafka clients use it: in the chunks of the Java library's stream ("xerial" framing), or as one raw block,
/// as librdkafka may send it. Chunks are written, both are read. The framing is ours, blocks are packed by the library.
/// </summary>
internal static class SnappyCodec
{
    /// <summary>The bytes that the Java library packs into one chunk.</summary>
    private const int ChunkBytes = 32 << 10;

    internal const int HeaderBytes = 16;
    internal const int Version = 1;

    internal static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    internal static void Compress(ReadOnlySpan<byte> source, PooledBytes target) => CompressPiece(source, target, isFirst: true);

    /// <summary>Packs a piece of a source; all but the last are whole chunks.</summary>
    internal static void CompressPiece(ReadOnlySpan<byte> source, PooledBytes target, bool isFirst)
    {
        if (isFirst)
        {
            target.Write(Magic);
            WriteInt(target, Version);
            WriteInt(target, Version);
        }

        while (!source.IsEmpty)
        {
            var chunk = source[..Math.Min(source.Length, ChunkBytes)];
            var room = target.Reserve(sizeof(int) + Snappier.Snappy.GetMaxCompressedLength(chunk.Length));
            var length = Snappier.Snappy.Compress(chunk, room[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(room, length);
            target.Advance(sizeof(int) + length);
            source = source[chunk.Length..];
        }
    }

    private static void WriteInt(PooledBytes target, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(target.Reserve(sizeof(int)), value);
        target.Advance(sizeof(int));
    }
}
