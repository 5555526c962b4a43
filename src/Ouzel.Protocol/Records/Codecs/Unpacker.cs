using Ouzel.Protocol.Records.Codecs.Lz4;
using Ouzel.Protocol.Records.Codecs.Snappy;
using Ouzel.Protocol.Records.Codecs.Zstd;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>
/// A packed payload, given block by block: what is held is a window, never the whole. A codec's unpacker has Kafka's framing and bounds, what
/// Java's readers take and refuse; single blocks are unpacked by the decoders behind it. The payload is handed in anew with each step, always the same bytes.
/// </summary>
internal abstract class Unpacker : IDisposable
{
    /// <summary>Where the payload goes on.</summary>
    protected int At { get; set; }

    protected UnpackWindow Window { get; } = new();

    /// <summary>What was unpacked and not consumed.</summary>
    public ReadOnlySpan<byte> Unread => Window.Unread;

    /// <summary>What is held between two blocks.</summary>
    public int HeldBytes => Window.HeldBytes;

    public static Unpacker Of(CompressionCodec codec) => codec switch
    {
        CompressionCodec.Gzip => new GzipUnpacker(),
        CompressionCodec.Snappy => new SnappyUnpacker(),
        CompressionCodec.Lz4 => new Lz4Unpacker(),
        CompressionCodec.Zstd => new ZstdUnpacker(),
        _ => throw new RecordFormatException($"unknown compression codec {(int)codec}"),
    };

    /// <summary>Unpacks one more block, or passes over a header; false at the end of the stream.</summary>
    /// <exception cref="RecordFormatException">The stream is broken.</exception>
    public abstract bool Fill(ReadOnlySpan<byte> payload);

    public void Consume(int bytes) => Window.Consume(bytes);

    /// <summary>Appends everything to <paramref name="target"/>, which has its own bound.</summary>
    public void CopyTo(ReadOnlySpan<byte> payload, PooledBytes target)
    {
        while (Fill(payload))
        {
            target.Write(Unread);
            Consume(Unread.Length);
        }
    }

    public virtual void Dispose() => Window.Dispose();

    /// <summary>The next bytes of the payload.</summary>
    protected ReadOnlySpan<byte> Take(ReadOnlySpan<byte> payload, int bytes)
    {
        if (bytes > payload.Length - At)
        {
            throw new RecordFormatException("a packed stream ends too early");
        }

        var taken = payload.Slice(At, bytes);
        At += bytes;
        return taken;
    }

    protected ulong Number(ReadOnlySpan<byte> payload, int bytes)
    {
        ulong value = 0;
        var taken = Take(payload, bytes);
        for (var i = 0; i < bytes; i++)
        {
            value |= (ulong)taken[i] << (8 * i);
        }

        return value;
    }
}
