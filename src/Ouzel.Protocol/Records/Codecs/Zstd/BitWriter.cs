using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Appends bits, lowest first.</summary>
internal ref struct BitWriter(PooledBytes target)
{
    private ulong _word;
    private int _bits;

    /// <summary>Appends the lowest <paramref name="bits"/> (up to 32) of <paramref name="value"/>; the others must be 0.</summary>
    internal void Add(uint value, int bits)
    {
        _word |= (ulong)value << _bits;
        _bits += bits;
        if (_bits < 32)
        {
            return;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(target.Reserve(sizeof(uint)), (uint)_word);
        target.Advance(sizeof(uint));
        _word >>= 32;
        _bits -= 32;
    }

    /// <summary>Writes what is left, filled up with zeros to a whole byte.</summary>
    internal void Flush()
    {
        for (; _bits > 0; _bits -= 8)
        {
            target.WriteByte((byte)_word);
            _word >>= 8;
        }

        _bits = 0;
    }

    /// <summary>Marks the end for a reader that comes from behind, and writes what is left.</summary>
    internal void Close()
    {
        Add(1, 1);
        Flush();
    }
}
