using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Records.Codecs.Snappy;

/// <summary>Unpacks one raw snappy block: its unpacked length, then literals and copies.</summary>
/// <remarks>
/// Ours, as the library takes a block whose last element is cut off, which Java's reader refuses, holds as much again as it unpacks, and makes objects for each block;
/// it is no faster (docs/decisions/0011).
/// </remarks>
internal static class SnappyDecoder
{
    /// <summary>A copy of 64 bytes takes three bytes, so nothing can grow more than this.</summary>
    private const int GrowthMax = 32;

    private const int StepBytes = 16;

    internal static void DecodeBlock(ReadOnlySpan<byte> source, UnpackBuffer target, int bytesMax)
    {
        var at = ReadLength(source, out var length);
        if (length > (long)source.Length * GrowthMax)
        {
            throw new RecordFormatException($"a snappy block of {source.Length} bytes claims to be {length}");
        }

        if (length > bytesMax)
        {
            throw new RecordFormatException($"a snappy block of {length} bytes is too large");
        }

        var room = target.Room((int)length);
        var done = 0;
        while (at < source.Length)
        {
            int tag = source[at++];
            done = (tag & 3) == 0 ? Literal(source, ref at, tag, room, done) : Copy(source, ref at, tag, room, done);
        }

        if (done != room.Length)
        {
            throw new RecordFormatException($"a snappy block gives {done} bytes where {length} were announced");
        }

        target.Advance(done);
    }

    private static int Literal(ReadOnlySpan<byte> source, ref int at, int tag, Span<byte> room, int done)
    {
        var length = (uint)tag >> 2;
        if (length >= 60)
        {
            var bytes = (int)length - 59;
            if (source.Length - at < bytes)
            {
                throw Cut();
            }

            length = 0;
            for (var i = 0; i < bytes; i++)
            {
                length |= (uint)source[at++] << (8 * i);
            }
        }

        length++;
        if (length == 0 || length > source.Length - at || length > room.Length - done)
        {
            throw Cut();
        }

        if (length <= StepBytes && source.Length - at >= StepBytes && room.Length - done >= StepBytes)
        {
            Move(ref Unsafe.Add(ref MemoryMarshal.GetReference(source), at), ref Unsafe.Add(ref MemoryMarshal.GetReference(room), done));
        }
        else
        {
            source.Slice(at, (int)length).CopyTo(room[done..]);
        }

        at += (int)length;
        return done + (int)length;
    }

    private static int Copy(ReadOnlySpan<byte> source, ref int at, int tag, Span<byte> room, int done)
    {
        var bytes = (tag & 3) == 3 ? 4 : tag & 3;
        if (source.Length - at < bytes)
        {
            throw Cut();
        }

        var length = (tag >> 2) + 1;
        uint offset;
        if (bytes == 1)
        {
            length = ((tag >> 2) & 7) + 4;
            offset = ((uint)(tag >> 5) << 8) | source[at];
        }
        else
        {
            offset = 0;
            for (var i = 0; i < bytes; i++)
            {
                offset |= (uint)source[at + i] << (8 * i);
            }
        }

        at += bytes;
        if (offset == 0 || offset > done || length > room.Length - done)
        {
            throw new RecordFormatException("a snappy copy from outside its block");
        }

        Repeat(room, done, (int)offset, length);
        return done + length;
    }

    /// <summary>Repeats at most 64 bytes from <paramref name="offset"/> back; the stretches may overlap, and what lies behind the copy may be overwritten.</summary>
    private static void Repeat(Span<byte> room, int at, int offset, int length)
    {
        if (offset >= StepBytes && room.Length - at >= length + StepBytes)
        {
            ref var to = ref Unsafe.Add(ref MemoryMarshal.GetReference(room), at);
            ref var from = ref Unsafe.Subtract(ref to, offset);
            for (var i = 0; i < length; i += StepBytes)
            {
                Move(ref Unsafe.Add(ref from, i), ref Unsafe.Add(ref to, i));
            }

            return;
        }

        for (var i = at; i < at + length; i++)
        {
            room[i] = room[i - offset];
        }
    }

    private static void Move(ref readonly byte from, ref byte to) => Vector128.LoadUnsafe(in from).StoreUnsafe(ref to);

    private static int ReadLength(ReadOnlySpan<byte> source, out uint length)
    {
        length = 0;
        for (var i = 0; i < VarInt.Size32Max && i < source.Length; i++)
        {
            length |= (uint)(source[i] & 0x7f) << (7 * i);
            if (source[i] < 0x80)
            {
                return i + 1;
            }
        }

        throw Cut();
    }

    private static RecordFormatException Cut() => new("a snappy block ends too early");
}
