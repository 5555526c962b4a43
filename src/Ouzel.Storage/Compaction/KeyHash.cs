using System.Buffers.Binary;
using System.Numerics;

namespace Ouzel.Storage.Compaction;

/// <summary>
/// SipHash-2-4 with 16 bytes of result. Two keys with one hash would lose a record, so whoever writes keys must not be able to look for such a pair:
/// the hash has a secret of its own in each pass.
/// </summary>
internal readonly struct KeyHash(ulong secretLow, ulong secretHigh)
{
    public static KeyHash Of(Random random)
    {
        Span<byte> secret = stackalloc byte[16];
        random.NextBytes(secret);
        return new KeyHash(BinaryPrimitives.ReadUInt64LittleEndian(secret), BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]));
    }

    public (ulong First, ulong Second) Compute(ReadOnlySpan<byte> key)
    {
        var state = new State(secretLow, secretHigh);
        var rest = key;
        for (; rest.Length >= 8; rest = rest[8..])
        {
            state.Take(BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        var last = (ulong)key.Length << 56;
        for (var i = 0; i < rest.Length; i++)
        {
            last |= (ulong)rest[i] << (8 * i);
        }

        state.Take(last);
        return state.Finish();
    }

    private ref struct State(ulong low, ulong high)
    {
        private ulong _a = low ^ 0x736f6d6570736575;
        private ulong _b = high ^ 0x646f72616e646f6d ^ 0xee;
        private ulong _c = low ^ 0x6c7967656e657261;
        private ulong _d = high ^ 0x7465646279746573;

        public void Take(ulong word)
        {
            _d ^= word;
            Mix(2);
            _a ^= word;
        }

        public (ulong First, ulong Second) Finish()
        {
            _c ^= 0xee;
            Mix(4);
            var first = _a ^ _b ^ _c ^ _d;
            _b ^= 0xdd;
            Mix(4);
            return (first, _a ^ _b ^ _c ^ _d);
        }

        private void Mix(int rounds)
        {
            for (; rounds > 0; rounds--)
            {
                _a += _b;
                _b = BitOperations.RotateLeft(_b, 13) ^ _a;
                _a = BitOperations.RotateLeft(_a, 32);
                _c += _d;
                _d = BitOperations.RotateLeft(_d, 16) ^ _c;
                _a += _d;
                _d = BitOperations.RotateLeft(_d, 21) ^ _a;
                _c += _b;
                _b = BitOperations.RotateLeft(_b, 17) ^ _c;
                _c = BitOperations.RotateLeft(_c, 32);
            }
        }
    }
}
