using System.Buffers.Binary;
using System.Numerics;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>xxHash, 64 bits, seed 0: the checksum of zstd frames, which keep its lower half.</summary>
internal static class XxHash64
{
    private const ulong Prime1 = 11400714785074694791;
    private const ulong Prime2 = 14029467366897019727;
    private const ulong Prime3 = 1609587929392839161;
    private const ulong Prime4 = 9650029242287828579;
    private const ulong Prime5 = 2870177450012600261;

    internal static ulong Compute(ReadOnlySpan<byte> source)
    {
        ulong hash;
        var length = source.Length;
        if (length >= 32)
        {
            var a = unchecked(Prime1 + Prime2);
            var b = Prime2;
            ulong c = 0;
            var d = unchecked(0ul - Prime1);
            for (; source.Length >= 32; source = source[32..])
            {
                a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(source));
                b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(source[8..]));
                c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(source[16..]));
                d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(source[24..]));
            }

            hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        }
        else
        {
            hash = Prime5;
        }

        return Finish(hash + (ulong)length, source);
    }

    private static ulong Finish(ulong hash, ReadOnlySpan<byte> rest)
    {
        for (; rest.Length >= 8; rest = rest[8..])
        {
            hash = (BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest)), 27) * Prime1) + Prime4;
        }

        if (rest.Length >= 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1), 23) * Prime2) + Prime3;
            rest = rest[4..];
        }

        foreach (var b in rest)
        {
            hash = BitOperations.RotateLeft(hash ^ (b * Prime5), 11) * Prime1;
        }

        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Round(ulong sum, ulong input) => BitOperations.RotateLeft(sum + (input * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong sum) => ((hash ^ Round(0, sum)) * Prime1) + Prime4;

    /// <summary>The same over bytes that come in pieces.</summary>
    internal sealed class Running
    {
        private const int StripeBytes = 32;

        private readonly byte[] _stripe = new byte[StripeBytes];
        private int _held;
        private ulong _length;
        private ulong _a;
        private ulong _b;
        private ulong _c;
        private ulong _d;

        internal void Reset()
        {
            _held = 0;
            _length = 0;
            _a = unchecked(Prime1 + Prime2);
            _b = Prime2;
            _c = 0;
            _d = unchecked(0ul - Prime1);
        }

        internal void Append(ReadOnlySpan<byte> bytes)
        {
            _length += (ulong)bytes.Length;
            if (_held > 0)
            {
                var taken = Math.Min(StripeBytes - _held, bytes.Length);
                bytes[..taken].CopyTo(_stripe.AsSpan(_held));
                _held += taken;
                bytes = bytes[taken..];
                if (_held < StripeBytes)
                {
                    return;
                }

                Add(_stripe);
                _held = 0;
            }

            for (; bytes.Length >= StripeBytes; bytes = bytes[StripeBytes..])
            {
                Add(bytes);
            }

            bytes.CopyTo(_stripe);
            _held = bytes.Length;
        }

        internal ulong Digest()
        {
            var hash = Prime5;
            if (_length >= StripeBytes)
            {
                hash = BitOperations.RotateLeft(_a, 1) + BitOperations.RotateLeft(_b, 7) + BitOperations.RotateLeft(_c, 12) + BitOperations.RotateLeft(_d, 18);
                hash = Merge(Merge(Merge(Merge(hash, _a), _b), _c), _d);
            }

            return Finish(hash + _length, _stripe.AsSpan(0, _held));
        }

        private void Add(ReadOnlySpan<byte> stripe)
        {
            _a = Round(_a, BinaryPrimitives.ReadUInt64LittleEndian(stripe));
            _b = Round(_b, BinaryPrimitives.ReadUInt64LittleEndian(stripe[8..]));
            _c = Round(_c, BinaryPrimitives.ReadUInt64LittleEndian(stripe[16..]));
            _d = Round(_d, BinaryPrimitives.ReadUInt64LittleEndian(stripe[24..]));
        }
    }
}
