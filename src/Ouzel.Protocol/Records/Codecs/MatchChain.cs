using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>
/// Finds earlier occurrences of the bytes at a position: a hash of four bytes leads to the last place that had it, and
/// each place to the one before. Its depth is how many places a search looks at.
/// </summary>
internal sealed unsafe class MatchChain : IDisposable
{
    private const int HashBitsMin = 10;
    private const int HashBitsMax = 16;

    private readonly int[] _head;
    private readonly int[] _previous;
    private readonly int _mask;
    private readonly int _depth;
    private readonly int _hashBits;
    private int _next;

    /// <param name="windowBytes">How far back a match may lie; a power of two.</param>
    /// <param name="depth">Places to look at per search.</param>
    internal MatchChain(int windowBytes, int depth)
    {
        _mask = windowBytes - 1;
        _depth = depth;
        _hashBits = Math.Clamp(BitOperations.Log2((uint)windowBytes), HashBitsMin, HashBitsMax);
        _head = ArrayPool<int>.Shared.Rent(1 << _hashBits);
        _previous = ArrayPool<int>.Shared.Rent(windowBytes);
        Reset();
    }

    /// <summary>Forgets everything: positions start again at 0.</summary>
    internal void Reset()
    {
        _head.AsSpan(0, 1 << _hashBits).Fill(-1);
        _next = 0;
    }

    /// <summary>Makes all positions before <paramref name="at"/> known; each needs four bytes behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void InsertUpTo(byte* input, int at)
    {
        for (; _next < at; _next++)
        {
            var hash = Hash(input + _next);
            _previous[_next & _mask] = _head[hash];
            _head[hash] = _next;
        }
    }

    /// <summary>Leaves the positions before <paramref name="at"/> unknown: what was skipped is not searched for later.</summary>
    internal void SkipTo(int at) => _next = Math.Max(_next, at);

    /// <summary>The longest match longer than <paramref name="lengthMin"/> of the bytes at <paramref name="at"/>, or 0.</summary>
    internal int Find(byte* input, int at, int end, int lengthMin, out int offset)
    {
        InsertUpTo(input, at);
        offset = 0;
        var best = lengthMin;
        var lowest = Math.Max(0, at - _mask);
        var candidate = _head[Hash(input + at)];
        var here = input + at;
        if (end - at <= best)
        {
            return 0;
        }

        for (var looks = _depth; candidate >= lowest && looks > 0; looks--)
        {
            var there = input + candidate;
            if (there[best] == here[best] && Unsafe.ReadUnaligned<uint>(there) == Unsafe.ReadUnaligned<uint>(here))
            {
                var length = LzCopy.CommonLength(there, here, input + end);
                if (length > best)
                {
                    best = length;
                    offset = at - candidate;
                    if (at + length >= end)
                    {
                        break;
                    }
                }
            }

            var before = _previous[candidate & _mask];
            if (before >= candidate)
            {
                break;
            }

            candidate = before;
        }

        return offset == 0 ? 0 : best;
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_head);
        ArrayPool<int>.Shared.Return(_previous);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Hash(byte* at) => (Unsafe.ReadUnaligned<uint>(at) * 2654435761u) >> (32 - _hashBits);
}
