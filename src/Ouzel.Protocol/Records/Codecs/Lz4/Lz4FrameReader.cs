using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Lz4;

/// <summary>Reads one LZ4 frame, given what follows its magic number.</summary>
internal ref struct Lz4FrameReader
{
    private const uint StoredBit = 0x80000000;
    private const int HistoryBytes = 64 << 10;

    /// <summary>A byte of a block gives at most 255, and a block has a few bytes besides.</summary>
    private const int GrowthMax = 255;

    private readonly bool _independent;
    private readonly bool _blockChecksums;
    private readonly bool _contentChecksum;
    private readonly ulong? _contentBytes;
    private readonly int _blockBytesMax;
    private ReadOnlySpan<byte> _rest;

    internal Lz4FrameReader(ReadOnlySpan<byte> source, bool anyHeaderChecksum)
    {
        _rest = source;
        var descriptor = source;
        var head = Take(2);
        byte flags = head[0];
        int blockSize = (head[1] >> 4) & 7;
        if (flags >> 6 != 1 || (flags & 2) != 0 || (head[1] & 0x8f) != 0 || blockSize < 4) throw new RecordFormatException("an LZ4 frame of an unknown kind");
        if ((flags & 1) != 0) throw new RecordFormatException("an LZ4 frame that needs a dictionary");
        _independent = (flags & 0x20) != 0;
        _blockChecksums = (flags & 0x10) != 0;
        _contentChecksum = (flags & 4) != 0;
        _contentBytes = (flags & 8) != 0 ? BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong))) : null;
        _blockBytesMax = 1 << (8 + (2 * blockSize));
        int descriptorBytes = descriptor.Length - _rest.Length;
        byte checksum = Take(1)[0];
        if (!anyHeaderChecksum && checksum != (byte)(XxHash32.Compute(descriptor[..descriptorBytes]) >> 8))
            throw new RecordFormatException("an LZ4 frame header with a wrong checksum");
    }

    /// <summary>Appends the frame's content to <paramref name="target"/> and returns what follows the frame.</summary>
    internal ReadOnlySpan<byte> Decode(PooledBytes target)
    {
        int start = target.Length;
        while (true)
        {
            uint length = ReadUInt();
            if (length == 0) break;
            var block = Take((int)Math.Min(length & ~StoredBit, int.MaxValue));
            if (block.Length > _blockBytesMax) throw new RecordFormatException("an LZ4 block larger than its frame allows");
            if (_blockChecksums && ReadUInt() != XxHash32.Compute(block)) throw new RecordFormatException("an LZ4 block with a wrong checksum");
            if ((length & StoredBit) != 0) target.Write(block);
            else DecodeBlock(block, target, start);
        }
        var content = target.WrittenSpan[start..];
        if (_contentBytes is { } bytes && bytes != (ulong)content.Length) throw new RecordFormatException("an LZ4 frame of another size than it says");
        if (_contentChecksum && ReadUInt() != XxHash32.Compute(content)) throw new RecordFormatException("an LZ4 frame with a wrong checksum");
        return _rest;
    }

    private readonly void DecodeBlock(ReadOnlySpan<byte> block, PooledBytes target, int frameStart)
    {
        int at = target.Length;
        int bytesMax = (int)Math.Min(_blockBytesMax, (long)block.Length * GrowthMax);
        var window = target.Window(bytesMax);
        int historyStart = _independent ? at : Math.Max(frameStart, at - HistoryBytes);
        int end = Lz4Decoder.DecodeBlock(block, window, at, Math.Min(at + bytesMax, window.Length), historyStart);
        target.Advance(end - at);
    }

    private uint ReadUInt() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > _rest.Length) throw new RecordFormatException("an LZ4 frame ends too early");
        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
