namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Reads one zstd frame, given what follows its magic number (RFC 8878, 3.1.1).</summary>
internal ref struct ZstdFrameReader
{
    /// <summary>As in zstd's own decoder: 2^27 bytes.</summary>
    private const long WindowBytesMax = 1L << 27;

    private const int BlockRaw = 0;
    private const int BlockRun = 1;
    private const int BlockPacked = 2;

    private readonly bool _hasChecksum;
    private readonly long _blockBytesMax;
    private readonly ulong? _contentBytes;
    private ReadOnlySpan<byte> _rest;

    internal ZstdFrameReader(ReadOnlySpan<byte> source)
    {
        _rest = source;
        byte descriptor = Take(1)[0];
        if ((descriptor & 8) != 0) throw new RecordFormatException("a zstd frame of an unknown kind");
        bool singleSegment = (descriptor & 0x20) != 0;
        _hasChecksum = (descriptor & 4) != 0;
        long windowBytes = 0;
        if (!singleSegment)
        {
            byte window = Take(1)[0];
            long power = 1L << (10 + (window >> 3));
            windowBytes = power + (power / 8 * (window & 7));
        }
        int dictionaryBytes = (1 << (descriptor & 3)) >> 1;
        if (Number(dictionaryBytes) != 0) throw new RecordFormatException("a zstd frame that needs a dictionary");
        int sizeBytes = (descriptor >> 6) switch
        {
            0 => singleSegment ? 1 : 0,
            var power => 1 << power,
        };
        if (sizeBytes > 0) _contentBytes = Number(sizeBytes) + (sizeBytes == 2 ? 256u : 0u);
        if (singleSegment) windowBytes = (long)Math.Min(_contentBytes!.Value, long.MaxValue);
        else if (windowBytes > WindowBytesMax) throw new RecordFormatException($"a zstd frame with a window of {windowBytes} bytes");
        _blockBytesMax = Math.Min(windowBytes, ZstdBlockDecoder.BlockBytesMax);
    }

    /// <summary>Appends the frame's content to <paramref name="target"/> and returns what follows the frame.</summary>
    internal ReadOnlySpan<byte> Decode(PooledBytes target, ZstdBlockDecoder blocks)
    {
        int start = target.Length;
        if (_contentBytes > (ulong)(target.BytesMax - start)) throw new RecordFormatException($"a zstd frame of {_contentBytes} bytes is too large");
        blocks.StartFrame();
        bool last;
        do
        {
            int header = (int)Number(3);
            last = (header & 1) != 0;
            int size = header >> 3;
            DecodeBlock((header >> 1) & 3, size, target, blocks, start);
        }
        while (!last);
        var content = target.WrittenSpan[start..];
        if (_contentBytes is { } bytes && bytes != (ulong)content.Length) throw new RecordFormatException("a zstd frame of another size than it says");
        if (_hasChecksum && (uint)Number(4) != (uint)XxHash64.Compute(content)) throw new RecordFormatException("a zstd frame with a wrong checksum");
        return _rest;
    }

    private void DecodeBlock(int kind, int size, PooledBytes target, ZstdBlockDecoder blocks, int frameStart)
    {
        if (size > _blockBytesMax) throw new RecordFormatException("a zstd block larger than its frame allows");
        switch (kind)
        {
            case BlockRaw:
                target.Write(Take(size));
                break;
            case BlockRun:
                byte value = Take(1)[0];
                target.Reserve(size)[..size].Fill(value);
                target.Advance(size);
                break;
            case BlockPacked:
                int at = target.Length;
                var window = target.Window((int)_blockBytesMax);
                int end = (int)Math.Min(at + _blockBytesMax, window.Length);
                target.Advance(blocks.Decode(Take(size), window, at, end, frameStart) - at);
                break;
            default:
                throw new RecordFormatException("a zstd block of an unknown kind");
        }
    }

    private ulong Number(int bytes)
    {
        ulong value = 0;
        var taken = Take(bytes);
        for (int i = 0; i < bytes; i++) value |= (ulong)taken[i] << (8 * i);
        return value;
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > _rest.Length) throw new RecordFormatException("a zstd frame ends too early");
        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
