using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>The two moves every dictionary coder is made of, and the measure its encoder needs.</summary>
internal static class LzCopy
{
    private const int StepBytes = 16;

    /// <summary>Repeats <paramref name="length"/> bytes from <paramref name="offset"/> back; the stretches may overlap.</summary>
    /// <remarks>The caller has checked: 0 &lt; offset &lt;= at, at + length &lt;= window.Length. May scribble behind the copy, within the window.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Match(Span<byte> window, int at, int offset, int length)
    {
        if (offset >= StepBytes && window.Length - at >= length + StepBytes)
        {
            ref var to = ref Unsafe.Add(ref MemoryMarshal.GetReference(window), at);
            ref var from = ref Unsafe.Subtract(ref to, offset);
            for (var i = 0; i < length; i += StepBytes)
            {
                Vector128.LoadUnsafe(ref from, (nuint)i).StoreUnsafe(ref to, (nuint)i);
            }

            return;
        }

        SlowMatch(window, at, offset, length);
    }

    /// <summary>Copies literals; both stretches have been checked. May scribble behind the copy, within the window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Literals(ReadOnlySpan<byte> source, int from, Span<byte> window, int at, int length)
    {
        if (length <= StepBytes && source.Length - from >= StepBytes && window.Length - at >= StepBytes)
        {
            ref var start = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), from);
            Vector128.LoadUnsafe(ref start).StoreUnsafe(ref Unsafe.Add(ref MemoryMarshal.GetReference(window), at));
            return;
        }

        source.Slice(from, length).CopyTo(window[at..]);
    }

    /// <summary>How many bytes at <paramref name="a"/> and <paramref name="b"/> are equal; b is the later one and ends at <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe int CommonLength(byte* a, byte* b, byte* end)
    {
        var start = b;
        while (end - b >= sizeof(ulong))
        {
            var difference = Unsafe.ReadUnaligned<ulong>(a) ^ Unsafe.ReadUnaligned<ulong>(b);
            if (difference != 0)
            {
                return (int)(b - start) + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            a += sizeof(ulong);
            b += sizeof(ulong);
        }

        while (b < end && *a == *b)
        {
            a++;
            b++;
        }

        return (int)(b - start);
    }

    private static void SlowMatch(Span<byte> window, int at, int offset, int length)
    {
        if (offset == 1)
        {
            window.Slice(at, length).Fill(window[at - 1]);
            return;
        }
        // What has been repeated is a source for the next, twice as long, repetition.
        var from = window[(at - offset)..];
        var to = window.Slice(at, length);
        var done = Math.Min(offset, length);
        from[..done].CopyTo(to);
        while (done < length)
        {
            var step = Math.Min(done, length - done);
            to[..step].CopyTo(to[done..]);
            done += step;
        }
    }
}
