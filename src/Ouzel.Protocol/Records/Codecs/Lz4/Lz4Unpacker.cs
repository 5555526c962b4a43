using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Lz4;

/// <summary>
/// One LZ4 frame as Kafka's reader takes it: blocks that stand alone, no dictionary, nothing in front of the frame. Its size and the checksum of its
/// content are passed over, and so is what follows it; checksums of header and blocks count.
/// </summary>
/// <param name="anyHeaderChecksum">Accept a wrong header checksum: clients of magic 0 computed it over the wrong bytes (KAFKA-3160).</param>
internal sealed class Lz4Unpacker(bool anyHeaderChecksum = false) : Unpacker
{
    private const uint StoredBit = 0x80000000;

    /// <summary>A byte of a block gives at most 255, and a block has a few bytes besides.</summary>
    private const int GrowthMax = 255;

    private bool _begun;
    private bool _ended;
    private bool _blockChecksums;
    private bool _contentChecksum;
    private int _blockBytesMax;

    public override bool Fill(ReadOnlySpan<byte> payload)
    {
        if (_ended)
        {
            return false;
        }

        if (!_begun)
        {
            ReadHeader(payload);
        }

        var length = (uint)Number(payload, sizeof(uint));
        var size = length & ~StoredBit;
        if (size == 0)
        {
            if (_contentChecksum)
            {
                Take(payload, sizeof(uint));
            }

            _ended = true;
            return false;
        }

        if (size > _blockBytesMax)
        {
            throw new RecordFormatException("an LZ4 block larger than its frame allows");
        }

        var block = Take(payload, (int)size);
        if (_blockChecksums && (uint)Number(payload, sizeof(uint)) != XxHash32.Compute(block))
        {
            throw new RecordFormatException("an LZ4 block with a wrong checksum");
        }

        if ((length & StoredBit) != 0)
        {
            Window.Write(block);
        }
        else
        {
            Decode(block);
        }

        return true;
    }

    private void Decode(ReadOnlySpan<byte> block)
    {
        var bytesMax = (int)Math.Min(_blockBytesMax, (long)block.Length * GrowthMax);
        var room = Window.Room(bytesMax, 0);
        var at = Window.End;
        Window.Advance(Lz4Decoder.DecodeBlock(block, room, at, at + bytesMax, historyStart: at));
    }

    private void ReadHeader(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(payload) != Lz4Codec.Magic)
        {
            throw new RecordFormatException("no LZ4 frame");
        }

        At = sizeof(uint);
        var head = Take(payload, 2);
        int flags = head[0];
        var blockSize = (head[1] >> 4) & 7;
        if (flags >> 6 != 1 || (flags & 3) != 0 || (head[1] & 0x8f) != 0 || blockSize < 4)
        {
            throw new RecordFormatException("an LZ4 frame of an unknown kind");
        }

        if ((flags & 0x20) == 0)
        {
            throw new RecordFormatException("an LZ4 frame whose blocks refer to each other");
        }

        _blockChecksums = (flags & 0x10) != 0;
        _contentChecksum = (flags & 4) != 0;
        if ((flags & 8) != 0)
        {
            Take(payload, sizeof(ulong));
        }

        _blockBytesMax = 1 << (8 + (2 * blockSize));
        var descriptor = payload[sizeof(uint)..At];
        var checksum = Take(payload, 1)[0];
        if (!anyHeaderChecksum && checksum != (byte)(XxHash32.Compute(descriptor) >> 8))
        {
            throw new RecordFormatException("an LZ4 frame header with a wrong checksum");
        }

        _begun = true;
    }
}
