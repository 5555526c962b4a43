namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>zstd frames one behind the other (RFC 8878, 3.1.1), skippable ones among them, as the library behind Java's reader takes them: no dictionaries, windows up to 2^27 bytes.</summary>
internal sealed class ZstdUnpacker : Unpacker
{
    /// <summary>As in zstd's own streaming decoder, which allows one byte more than 2^27. A frame in one segment has its content for a window.</summary>
    private const long WindowBytesMax = (1L << 27) + 1;

    private const uint SkippableMagic = 0x184D2A50;
    private const uint SkippableMask = 0xFFFFFFF0;

    private const int BlockRaw = 0;
    private const int BlockRun = 1;
    private const int BlockPacked = 2;

    /// <summary>Its tables are worth keeping; each thread has its own.</summary>
    [ThreadStatic]
    private static ZstdBlockDecoder? _spare;

    private readonly XxHash64.Running _hash = new();
    private ZstdBlockDecoder? _blocks;
    private bool _inFrame;
    private bool _hasChecksum;
    private int _windowBytes;
    private int _blockBytesMax;
    private ulong? _contentBytes;
    private ulong _givenBytes;

    public override bool Fill(ReadOnlySpan<byte> payload)
    {
        if (_inFrame)
        {
            ReadBlock(payload);
            return true;
        }

        if (At == payload.Length)
        {
            return At > 0 ? false : throw new RecordFormatException("a zstd stream of no bytes");
        }

        var magic = (uint)Number(payload, sizeof(uint));
        if (magic == ZstdCodec.Magic)
        {
            ReadHeader(payload);
        }
        else if ((magic & SkippableMask) == SkippableMagic)
        {
            Take(payload, (int)Math.Min(Number(payload, sizeof(uint)), int.MaxValue));
        }
        else
        {
            throw new RecordFormatException("no zstd frame");
        }

        return true;
    }

    public override void Dispose()
    {
        _spare ??= _blocks;
        _blocks = null;
        base.Dispose();
    }

    private void ReadHeader(ReadOnlySpan<byte> payload)
    {
        var descriptor = Take(payload, 1)[0];
        if ((descriptor & 8) != 0)
        {
            throw new RecordFormatException("a zstd frame of an unknown kind");
        }

        var singleSegment = (descriptor & 0x20) != 0;
        _hasChecksum = (descriptor & 4) != 0;
        ulong windowBytes = 0;
        if (!singleSegment)
        {
            var window = Take(payload, 1)[0];
            var power = 1ul << (10 + (window >> 3));
            windowBytes = power + (power / 8 * (ulong)(window & 7));
        }

        var dictionaryBytes = (1 << (descriptor & 3)) >> 1;
        if (Number(payload, dictionaryBytes) != 0)
        {
            throw new RecordFormatException("a zstd frame that needs a dictionary");
        }

        var sizeBytes = (descriptor >> 6) switch
        {
            0 => singleSegment ? 1 : 0,
            var power => 1 << power,
        };
        _contentBytes = sizeBytes > 0 ? Number(payload, sizeBytes) + (sizeBytes == 2 ? 256u : 0u) : null;
        if (singleSegment)
        {
            windowBytes = _contentBytes!.Value;
        }

        if (windowBytes > WindowBytesMax)
        {
            throw new RecordFormatException($"a zstd frame with a window of {windowBytes} bytes");
        }

        _windowBytes = (int)windowBytes;
        _blockBytesMax = Math.Min(_windowBytes, ZstdBlockDecoder.BlockBytesMax);
        _givenBytes = 0;
        _inFrame = true;
        if (_hasChecksum)
        {
            _hash.Reset();
        }

        (_blocks, _spare) = (_blocks ?? _spare ?? new ZstdBlockDecoder(), null);
        _blocks.StartFrame();
        Window.StartFrame();
    }

    private void ReadBlock(ReadOnlySpan<byte> payload)
    {
        var header = (int)Number(payload, 3);
        var size = header >> 3;
        if (size > _blockBytesMax)
        {
            throw new RecordFormatException("a zstd block larger than its frame allows");
        }

        var room = Window.Room(_blockBytesMax, _windowBytes);
        var at = Window.End;
        switch ((header >> 1) & 3)
        {
            case BlockRaw:
                Take(payload, size).CopyTo(room[at..]);
                Window.Advance(at + size);
                break;
            case BlockRun:
                room.Slice(at, size).Fill(Take(payload, 1)[0]);
                Window.Advance(at + size);
                break;
            case BlockPacked:
                Window.Advance(_blocks!.Decode(Take(payload, size), room, at, at + _blockBytesMax, Window.FrameStart));
                break;
            default:
                throw new RecordFormatException("a zstd block of an unknown kind");
        }

        _givenBytes += (ulong)(Window.End - at);
        if (_givenBytes > _contentBytes)
        {
            throw new RecordFormatException("a zstd frame of more bytes than it says");
        }

        if (_hasChecksum)
        {
            _hash.Append(room[at..Window.End]);
        }

        if ((header & 1) != 0)
        {
            EndFrame(payload);
        }
    }

    private void EndFrame(ReadOnlySpan<byte> payload)
    {
        if (_contentBytes is { } bytes && bytes != _givenBytes)
        {
            throw new RecordFormatException("a zstd frame of another size than it says");
        }

        if (_hasChecksum && (uint)Number(payload, sizeof(uint)) != (uint)_hash.Digest())
        {
            throw new RecordFormatException("a zstd frame with a wrong checksum");
        }

        _inFrame = false;
    }
}
