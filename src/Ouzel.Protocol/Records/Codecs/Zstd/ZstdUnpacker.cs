using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>zstd frames one behind the other (RFC 8878, 3.1.1), skippable ones among them, as the library behind Java's reader takes them: no dictionaries, windows up to 2^27 bytes.</summary>
/// <remarks>
/// The walk from frame to frame and from block to block is ours, so that no step does more than a block's work. A small frame that is there as a whole is unpacked at once, straight
/// to where it is read. Of a larger one the library keeps the window, in memory that the collector does not see: it counts as held, and goes with the payload.
/// </remarks>
internal sealed unsafe class ZstdUnpacker : Unpacker
{
    /// <summary>No block gives more (RFC 8878, 3.1.1.2.4).</summary>
    internal const int BlockBytesMax = 128 << 10;

    /// <summary>As in zstd's own streaming decoder, which allows one byte more than 2^27. A frame in one segment has its content for a window.</summary>
    private const long WindowBytesMax = (1L << 27) + 1;

    private const int BlockHeaderBytes = 3;
    private const int BlockRun = 1;
    private const int BlockPacked = 2;

    /// <summary>A frame that cannot give more is unpacked at once.</summary>
    private const int WholeBytesMax = 1 << 20;

    /// <summary>As long as it has no more blocks than this: empty ones cost time too.</summary>
    private const int WholeBlocksMax = 256;

    /// <summary>The library's tables, measured.</summary>
    private const int TablesBytes = 96 << 10;

    private Decompressor? _library;
    private bool _inFrame;
    private bool _hasChecksum;
    private int _blockBytesMax;
    private int _windowBytes;
    private int _headerBytes;

    public override int HeldBytes => base.HeldBytes + (_library is null ? 0 : TablesBytes) + _windowBytes;

    public override bool Fill(ReadOnlySpan<byte> payload)
    {
        try
        {
            if (_inFrame)
            {
                UnpackBlock(payload);
                return true;
            }

            if (At == payload.Length)
            {
                return At > 0 ? false : throw new RecordFormatException("a zstd stream of no bytes");
            }

            BeginFrame(payload);
            return true;
        }
        catch (ZstdException e)
        {
            throw new RecordFormatException("a broken zstd frame", e);
        }
    }

    protected override void Forget()
    {
        _inFrame = false;
        if (_windowBytes > 0)
        {
            Free();
        }
    }

    protected override void Free()
    {
        _library?.Dispose();
        _library = null;
        _windowBytes = 0;
    }

    private void BeginFrame(ReadOnlySpan<byte> payload)
    {
        var rest = payload[At..];
        ZSTD_frameHeader header;
        fixed (byte* start = rest)
        {
            if (Methods.ZSTD_getFrameHeader(&header, start, (nuint)rest.Length) != 0)
            {
                throw new RecordFormatException("no zstd frame");
            }
        }

        if (header.frameType == ZSTD_frameType_e.ZSTD_skippableFrame)
        {
            // The size of its content is what it says in four bytes.
            Take(payload, (int)Math.Min(header.headerSize + header.frameContentSize, int.MaxValue));
            return;
        }

        if (header.dictID != 0)
        {
            throw new RecordFormatException("a zstd frame that needs a dictionary");
        }

        if (header.windowSize > WindowBytesMax)
        {
            throw new RecordFormatException($"a zstd frame with a window of {header.windowSize} bytes");
        }

        _library ??= new Decompressor();
        _blockBytesMax = (int)header.blockSizeMax;
        _hasChecksum = header.checksumFlag != 0;
        if (TryMeasure(rest, header, out var frameBytes, out var givenMax))
        {
            Buffer.Advance(_library.Unwrap(Take(payload, frameBytes), Buffer.Room(givenMax)));
            return;
        }

        _library.ResetStream();
        _windowBytes = (int)Math.Min(header.windowSize, header.frameContentSize) + (2 * _blockBytesMax);
        _headerBytes = (int)header.headerSize;
        _inFrame = true;
    }

    /// <summary>Walks over a frame's blocks; false unless it is here as a whole, is made of few blocks, and gives little.</summary>
    private bool TryMeasure(ReadOnlySpan<byte> rest, in ZSTD_frameHeader header, out int frameBytes, out int givenMax)
    {
        (frameBytes, givenMax) = (0, 0);
        long at = header.headerSize;
        long given = 0;
        var isLast = false;
        for (var blocks = 0; !isLast; blocks++)
        {
            if (blocks == WholeBlocksMax || at > rest.Length - BlockHeaderBytes)
            {
                return false;
            }

            at += BlockHeaderBytes + BlockAt(rest[(int)at..], out isLast, out var blockGivenMax);
            given += blockGivenMax;
        }

        at += _hasChecksum ? sizeof(uint) : 0;
        given = (long)Math.Min((ulong)given, header.frameContentSize);
        if (at > rest.Length || given > WholeBytesMax)
        {
            return false;
        }

        // An empty room has no address, which the library does not like.
        (frameBytes, givenMax) = ((int)at, Math.Max((int)given, 1));
        return true;
    }

    /// <summary>The bytes behind a block's header; and what they may give.</summary>
    private int BlockAt(ReadOnlySpan<byte> block, out bool isLast, out int givenMax)
    {
        var header = block[0] | (block[1] << 8) | (block[2] << 16);
        var (kind, size) = ((header >> 1) & 3, header >> 3);
        isLast = (header & 1) != 0;
        givenMax = kind == BlockPacked ? _blockBytesMax : size;
        return kind == BlockRun ? 1 : size;
    }

    private void UnpackBlock(ReadOnlySpan<byte> payload)
    {
        var rest = payload[At..];
        if (rest.Length < _headerBytes + BlockHeaderBytes)
        {
            throw new RecordFormatException("a packed stream ends too early");
        }

        // With the first block goes the frame's header, with the last the checksum. The library takes them whole.
        var size = _headerBytes + BlockHeaderBytes + BlockAt(rest[_headerBytes..], out var isLast, out _) + (isLast && _hasChecksum ? sizeof(uint) : 0);
        _library!.UnwrapStream(Take(payload, size), Buffer.Room(Math.Max(_blockBytesMax, 1)), out var taken, out var given);
        if (taken != size)
        {
            throw new RecordFormatException("a broken zstd block");
        }

        Buffer.Advance(given);
        _headerBytes = 0;
        _inFrame = !isLast;
    }
}
