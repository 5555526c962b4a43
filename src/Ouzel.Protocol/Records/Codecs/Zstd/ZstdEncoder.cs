using System.Buffers.Binary;
using System.Numerics;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Writes zstd frames: one per call, blocks of 128 KiB, copies from at most 1 MiB back.</summary>
internal sealed class ZstdEncoder
{
    private const int WindowBytesMax = 1 << 20;
    private const int WindowBytesMin = 1 << 10;

    private readonly ZstdMatcher _matcher = new();
    private readonly LiteralsWriter _literals = new();
    private readonly SequencesWriter _sequences = new();

    internal unsafe void Encode(ReadOnlySpan<byte> source, PooledBytes target, int level)
    {
        var singleSegment = source.Length <= WindowBytesMax;
        WriteFrameHeader(source.Length, singleSegment, target);
        var windowBytes = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)source.Length), WindowBytesMin, WindowBytesMax);
        using var chain = new MatchChain(windowBytes, ZstdMatcher.DepthOf(level));
        _matcher.Start(chain, level);
        fixed (byte* input = source)
        {
            var at = 0;
            do
            {
                var length = Math.Min(ZstdBlockDecoder.BlockBytesMax, source.Length - at);
                WriteBlock(source, input, at, length, target);
                at += length;
            }
            while (at < source.Length);
        }
    }

    private unsafe void WriteBlock(ReadOnlySpan<byte> source, byte* input, int at, int length, PooledBytes target)
    {
        var block = source.Slice(at, length);
        var last = at + length == source.Length ? 1 : 0;
        var headerAt = target.Length;
        if (length > 4 && block[1..].IndexOfAnyExcept(block[0]) < 0)
        {
            WriteBlockHeader(target, last | (1 << 1) | (length << 3));
            target.WriteByte(block[0]);
            return;
        }

        WriteBlockHeader(target, 0);
        var packed = _matcher.TryFind(input, source.Length, at, length);
        if (packed)
        {
            _literals.Write(_matcher.Literals, target);
            _sequences.Write(_matcher.Sequences, target);
            packed = target.Length - headerAt - 3 < length;
        }

        if (!packed)
        {
            _matcher.Undo();
            target.Truncate(headerAt + 3);
            target.Write(block);
        }

        var header = last | (packed ? 2 << 1 : 0) | ((target.Length - headerAt - 3) << 3);
        var place = target.WritableSpan[headerAt..];
        for (var i = 0; i < 3; i++)
        {
            place[i] = (byte)(header >> (8 * i));
        }
    }

    private static void WriteFrameHeader(int length, bool singleSegment, PooledBytes target)
    {
        var header = target.Reserve(16);
        BinaryPrimitives.WriteUInt32LittleEndian(header, ZstdCodec.Magic);
        var sizeFlag = singleSegment && length < 256 ? 0 : length is >= 256 and < 65536 + 256 ? 1 : 2;
        header[4] = (byte)((sizeFlag << 6) | (singleSegment ? 0x20 : 0));
        var at = 5;
        if (!singleSegment)
        {
            header[at++] = (byte)((BitOperations.Log2(WindowBytesMax) - 10) << 3);
        }

        switch (sizeFlag)
        {
            case 0:
                header[at++] = (byte)length;
                break;
            case 1:
                BinaryPrimitives.WriteUInt16LittleEndian(header[at..], (ushort)(length - 256));
                at += 2;
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(header[at..], (uint)length);
                at += 4;
                break;
        }

        target.Advance(at);
    }

    private static void WriteBlockHeader(PooledBytes target, int header)
    {
        for (var i = 0; i < 3; i++)
        {
            target.WriteByte((byte)(header >> (8 * i)));
        }
    }
}
