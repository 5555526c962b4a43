using System.IO.Compression;
using Ouzel.Protocol.Records.Codecs.Lz4;
using Ouzel.Protocol.Records.Codecs.Snappy;
using Ouzel.Protocol.Records.Codecs.Zstd;
using ZstdSharp;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>Packs in pieces, so that it can stop after each: the same bytes however many pieces make a step. The source is handed in anew with each step, always the same bytes.</summary>
internal sealed class Packer(CompressionCodec codec, int level) : IDisposable
{
    /// <summary>A block of zstd, two of lz4, four chunks of snappy.</summary>
    internal const int PieceBytes = ZstdUnpacker.BlockBytesMax;

    /// <summary>The time that packing takes, in that of unpacking.</summary>
    private const int Cost = 16;

    /// <summary>The memory that zlib packs in, beside the runtime's buffer.</summary>
    private const int GzipBytes = 320 << 10;

    private readonly int _level = Compression.LevelOf(codec, level);
    private GZipStream? _gzip;
    private Compressor? _zstd;
    private int _at;

    /// <summary>The bytes held between two steps, beside source and target.</summary>
    public int HeldBytes => _gzip is not null ? GzipBytes : _zstd is not null ? ZstdCodec.HeldBytesMax : 0;

    /// <summary>Appends pieces to <paramref name="target"/> until the budget is spent; true when everything is packed.</summary>
    public bool Step(ReadOnlySpan<byte> source, PooledBytes target, ref long budget)
    {
        do
        {
            if (budget <= 0)
            {
                return false;
            }

            var piece = source.Slice(_at, Math.Min(PieceBytes, source.Length - _at));
            Pack(piece, source.Length, target);
            _at += piece.Length;
            budget -= Math.Max(1, piece.Length) * (long)Cost;
        }
        while (_at < source.Length);
        return true;
    }

    public void Dispose()
    {
        _gzip?.Dispose();
        _zstd?.Dispose();
        (_gzip, _zstd) = (null, null);
    }

    private void Pack(ReadOnlySpan<byte> piece, int length, PooledBytes target)
    {
        var isLast = _at + piece.Length == length;
        switch (codec)
        {
            case CompressionCodec.Gzip when length > 0:
                _gzip ??= GzipCodec.Writer(target, _level);
                _gzip.Write(piece);
                if (isLast)
                {
                    _gzip.Dispose();
                    _gzip = null;
                }

                break;
            case CompressionCodec.Snappy:
                SnappyCodec.CompressPiece(piece, target, isFirst: _at == 0);
                break;
            case CompressionCodec.Lz4:
                Lz4Codec.CompressPiece(piece, target, _level, isFirst: _at == 0, isLast);
                break;
            case CompressionCodec.Zstd when length > PieceBytes:
                ZstdCodec.CompressPiece(_zstd ??= ZstdCodec.NewPacker(_level, length), piece, target, isLast);
                break;
            default:
                Compression.Compress(codec, piece, target, _level);
                break;
        }
    }
}
