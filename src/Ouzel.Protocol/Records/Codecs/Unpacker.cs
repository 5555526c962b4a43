using Ouzel.Protocol.Records.Codecs.Lz4;
using Ouzel.Protocol.Records.Codecs.Snappy;
using Ouzel.Protocol.Records.Codecs.Zstd;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>
/// A packed payload, given block by block: what is held is a window, never the whole. A codec's unpacker has Kafka's framing and bounds, what
/// Java's readers take and refuse; the blocks themselves are unpacked by a library. The payload is handed in anew with each step, always the same bytes.
/// </summary>
/// <remarks>Unpackers are rented: <see cref="Dispose"/> gives one back, and it may not be touched after that.</remarks>
internal abstract class Unpacker : IDisposable
{
    /// <summary>Kept of each codec: as many as can be at work at a time, on machines of ordinary size.</summary>
    private const int SparesMax = 16;

    private static readonly Spares<Unpacker>[] Kept =
        [.. Enumerable.Range(0, 1 + (int)CompressionCodec.Zstd).Select(_ => new Spares<Unpacker>(Math.Min(Environment.ProcessorCount, SparesMax)))];

    private CompressionCodec _codec;

    /// <summary>The place where the payload goes on.</summary>
    protected int At { get; set; }

    protected UnpackBuffer Buffer { get; } = new();

    /// <summary>The bytes unpacked and not consumed.</summary>
    public ReadOnlySpan<byte> Unread => Buffer.Unread;

    /// <summary>The bytes held between two blocks.</summary>
    public virtual int HeldBytes => Buffer.HeldBytes;

    /// <param name="codec">The payload's.</param>
    /// <param name="anyHeaderChecksum">Accept an LZ4 frame with a wrong header checksum: clients of magic 0 computed it over the wrong bytes (KAFKA-3160).</param>
    /// <exception cref="RecordFormatException">There is no such codec.</exception>
    public static Unpacker Rent(CompressionCodec codec, bool anyHeaderChecksum = false)
    {
        if (codec is CompressionCodec.None or > CompressionCodec.Zstd)
        {
            throw new RecordFormatException($"unknown compression codec {(int)codec}");
        }

        var unpacker = Kept[(int)codec].Take() ?? codec switch
        {
            CompressionCodec.Gzip => new GzipUnpacker(),
            CompressionCodec.Snappy => new SnappyUnpacker(),
            CompressionCodec.Lz4 => new Lz4Unpacker(),
            _ => new ZstdUnpacker(),
        };
        unpacker._codec = codec;
        if (unpacker is Lz4Unpacker lz4)
        {
            lz4.AnyHeaderChecksum = anyHeaderChecksum;
        }

        return unpacker;
    }

    /// <summary>Unpacks one more block, or passes over a header; false at the end of the stream.</summary>
    /// <exception cref="RecordFormatException">The stream is broken.</exception>
    public abstract bool Fill(ReadOnlySpan<byte> payload);

    public void Consume(int bytes) => Buffer.Consume(bytes);

    /// <summary>Appends everything to <paramref name="target"/>, which has its own bound.</summary>
    public void CopyTo(ReadOnlySpan<byte> payload, PooledBytes target)
    {
        while (Fill(payload))
        {
            target.Write(Unread);
            Consume(Unread.Length);
        }
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        Buffer.Release();
        At = 0;
        Forget();
        if (!Kept[(int)_codec].Keep(this))
        {
            Free();
        }
    }

    /// <summary>Makes ready for another payload.</summary>
    protected abstract void Forget();

    /// <summary>Lets go of what the collector does not see.</summary>
    protected virtual void Free()
    {
    }

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
}
