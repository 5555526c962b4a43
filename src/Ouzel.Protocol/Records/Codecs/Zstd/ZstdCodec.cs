using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Packs Zstandard (RFC 8878) by the library.</summary>
internal static class ZstdCodec
{
    /// <summary>Kafka's default of compression.zstd.level.</summary>
    internal const int DefaultLevel = 3;

    /// <summary>The memory of a packer, at the highest level.</summary>
    internal const int HeldBytesMax = 18 << 20;

    /// <summary>Copies come from at most 1 MiB back: that bounds what a level takes to 18 MiB, where the highest would take hundreds.</summary>
    private const int WindowLog = 20;

    /// <summary>Up to here at once, and above in pieces, which need no room for the whole.</summary>
    private const int WholeBytesMax = 1 << 20;

    /// <summary>The most that a compressor may have packed and be kept: one that packed more has grown.</summary>
    private const int SourceBytesKeptMax = 128 << 10;

    /// <summary>Each may hold up to 3 MiB of memory that the collector does not see.</summary>
    private const int SparesMax = 4;

    private static readonly Spares<Compressor> Kept = new(Math.Min(Environment.ProcessorCount, SparesMax));

    /// <param name="source">What to pack.</param>
    /// <param name="target">Where to: one frame with its content's size and no checksum.</param>
    /// <param name="level">Up to 22, negative ones are the fastest.</param>
    internal static void Compress(ReadOnlySpan<byte> source, PooledBytes target, int level)
    {
        var packer = Kept.Take() ?? NewPacker();
        var keeps = false;
        try
        {
            packer.Level = level;
            if (source.Length <= WholeBytesMax)
            {
                target.Advance(packer.Wrap(source, target.Reserve(Compressor.GetCompressBound(source.Length))));
            }
            else
            {
                CompressInPieces(packer, source, target);
            }

            keeps = source.Length <= SourceBytesKeptMax;
        }
        finally
        {
            if (!keeps || !Kept.Keep(packer))
            {
                packer.Dispose();
            }
        }
    }

    private static void CompressInPieces(Compressor packer, ReadOnlySpan<byte> source, PooledBytes target)
    {
        packer.SetPledgedSrcSize((ulong)source.Length);
        for (var at = 0; at < source.Length; at += ZstdUnpacker.BlockBytesMax)
        {
            var piece = source[at..Math.Min(at + ZstdUnpacker.BlockBytesMax, source.Length)];
            CompressPiece(packer, piece, target, isLast: at + piece.Length == source.Length);
        }
    }

    /// <summary>Packs a piece of a source; all but the last are whole blocks.</summary>
    internal static void CompressPiece(Compressor packer, ReadOnlySpan<byte> piece, PooledBytes target, bool isLast)
    {
        var isDone = false;
        while (!isDone)
        {
            var room = target.Reserve(ZstdUnpacker.BlockBytesMax);
            var status = packer.WrapStream(piece, room[..ZstdUnpacker.BlockBytesMax], out var taken, out var given, isLast);
            target.Advance(given);
            piece = piece[taken..];
            isDone = piece.IsEmpty && (!isLast || status == System.Buffers.OperationStatus.Done);
        }
    }

    /// <summary>For a source that is packed in pieces; whoever has it disposes of it.</summary>
    internal static Compressor NewPacker(int level, int sourceBytes)
    {
        var packer = NewPacker();
        packer.Level = level;
        packer.SetPledgedSrcSize((ulong)sourceBytes);
        return packer;
    }

    private static Compressor NewPacker()
    {
        var packer = new Compressor();
        packer.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, WindowLog);
        return packer;
    }
}
