using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;

namespace Ouzel.Protocol.Records.Codecs.Lz4;

/// <summary>
/// One LZ4 frame as Kafka's reader takes it: blocks that stand alone, no dictionary, nothing in front of the frame. Its size and the checksum of its
/// content are passed over, and so is what follows it; checksums of header and blocks count.
/// </summary>
internal sealed class Lz4Unpacker : Unpacker
{
    /// <summary>A byte of a block gives at most 255, and a block has a few bytes besides.</summary>
    private const int GrowthMax = 255;

    private bool _begun;
    private bool _ended;
    private bool _blockChecksums;
    private bool _contentChecksum;
    private int _blockBytesMax;

    /// <summary>Accept a wrong header checksum.</summary>
    public bool AnyHeaderChecksum { get; set; }

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

        var length = BinaryPrimitives.ReadUInt32LittleEndian(Take(payload, sizeof(uint)));
        var size = length & ~Lz4Codec.StoredBit;
        if (size == 0)
        {
            Take(payload, _contentChecksum ? sizeof(uint) : 0);
            _ended = true;
            return false;
        }

        if (size > _blockBytesMax)
        {
            throw new RecordFormatException("an LZ4 block larger than its frame allows");
        }

        var block = Take(payload, (int)size);
        if (_blockChecksums && BinaryPrimitives.ReadUInt32LittleEndian(Take(payload, sizeof(uint))) != XxHash32.HashToUInt32(block))
        {
            throw new RecordFormatException("an LZ4 block with a wrong checksum");
        }

        if ((length & Lz4Codec.StoredBit) != 0)
        {
            Buffer.Write(block);
        }
        else
        {
            Decode(block);
        }

        return true;
    }

    protected override void Forget() => (_begun, _ended, AnyHeaderChecksum) = (false, false, false);

    private void Decode(ReadOnlySpan<byte> block)
    {
        var room = Buffer.Room((int)Math.Min(_blockBytesMax, (long)block.Length * GrowthMax));

        // Like the library it comes from, this one takes a copy from no distance and leaves there what the room held: that may not be another client's.
        room.Clear();
        var given = LZ4Codec.Decode(block, room);
        if (given < 0 && !IsNothing(block))
        {
            throw new RecordFormatException("a broken LZ4 block");
        }

        Buffer.Advance(Math.Max(given, 0));
    }

    /// <summary>A block that gives no bytes is right, and looks to the library like one that is broken.</summary>
    private static bool IsNothing(ReadOnlySpan<byte> block) => block.Length == 1 && block[0] < 0x10;

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
        Take(payload, (flags & 8) != 0 ? sizeof(ulong) : 0);
        _blockBytesMax = 1 << (8 + (2 * blockSize));
        var descriptor = payload[sizeof(uint)..At];
        var checksum = Take(payload, 1)[0];
        if (!AnyHeaderChecksum && checksum != Lz4Codec.HeaderChecksum(descriptor))
        {
            throw new RecordFormatException("an LZ4 frame header with a wrong checksum");
        }

        _begun = true;
    }
}
