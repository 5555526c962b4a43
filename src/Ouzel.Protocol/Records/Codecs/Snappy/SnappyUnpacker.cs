using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Snappy;

/// <summary>
/// Snappy as Java's reader takes it: chunks behind a header, streams one behind the other, or one raw block. Fewer bytes than a chunk's length are its end.
/// A block is unpacked whole, since a copy may reach back to its beginning; so blocks are bounded.
/// </summary>
internal sealed class SnappyUnpacker : Unpacker
{
    /// <summary>Java's and librdkafka's producers stay below a batch's size; a block of this size takes at least 3 MiB packed.</summary>
    private const int BlockBytesMax = 64 << 20;

    private bool _begun;
    private bool _isRaw;

    public override bool Fill(ReadOnlySpan<byte> payload)
    {
        if (!_begun)
        {
            if (payload.IsEmpty)
            {
                throw new RecordFormatException("a snappy stream of no bytes");
            }

            _begun = true;
            _isRaw = payload.Length < SnappyCodec.HeaderBytes || !payload.StartsWith(SnappyCodec.Magic);
        }

        if (_isRaw)
        {
            if (At == payload.Length)
            {
                return false;
            }

            SnappyDecoder.DecodeBlock(Take(payload, payload.Length), Buffer, BlockBytesMax);
            return true;
        }

        var rest = payload[At..];
        if (rest.Length < sizeof(int))
        {
            return false;
        }

        // A stream may follow another: its header stands where a chunk would.
        if (rest.StartsWith(SnappyCodec.Magic[..sizeof(int)]))
        {
            return SkipHeader(payload);
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(Take(payload, sizeof(int)));
        if (length <= 0 || length > payload.Length - At)
        {
            throw new RecordFormatException($"a snappy chunk of {length} bytes where {payload.Length - At} are left");
        }

        SnappyDecoder.DecodeBlock(Take(payload, length), Buffer, BlockBytesMax);
        return true;
    }

    protected override void Forget() => (_begun, _isRaw) = (false, false);

    private bool SkipHeader(ReadOnlySpan<byte> payload)
    {
        var header = Take(payload, SnappyCodec.HeaderBytes);
        if (!header.StartsWith(SnappyCodec.Magic))
        {
            // To Java's reader something that only begins like a header is the end.
            At = payload.Length;
            return false;
        }

        var compatible = BinaryPrimitives.ReadInt32BigEndian(header[12..]);
        return compatible >= SnappyCodec.Version ? true : throw new RecordFormatException($"a snappy stream of version {compatible}");
    }
}
