using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Wire;

/// <summary>Reads Kafka's primitives from a frame. Every length is checked against the bytes that remain before anything is allocated.</summary>
/// <remarks>As lenient as Kafka: negative lengths are null, any byte but 0 is true, bytes that are no UTF-8 become U+FFFD.</remarks>
public ref partial struct WireReader
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private readonly IDecodeBudget? _budget;
    private long _grantedBytes;
    private long _decodedBytes;
    private int _position;

    /// <summary>Reads what is our own or has been weighed already: <see cref="DecodeLimits"/> and the bytes are the only bounds.</summary>
    public WireReader(ReadOnlyMemory<byte> memory)
    {
        _memory = memory;
        _span = memory.Span;
        _grantedBytes = long.MaxValue;
    }

    /// <summary>Reads what is only looked into: what would become more than so much is refused.</summary>
    public WireReader(ReadOnlyMemory<byte> memory, long decodedBytesMax)
        : this(memory) => _grantedBytes = decodedBytesMax;

    /// <summary>Reads what a stranger sent: what the message becomes is taken from a budget before it is made.</summary>
    /// <param name="memory">The frame.</param>
    /// <param name="budget">Asked for what goes beyond <paramref name="freeBytes"/>.</param>
    /// <param name="freeBytes">What the message may become without asking.</param>
    public WireReader(ReadOnlyMemory<byte> memory, IDecodeBudget budget, long freeBytes)
    {
        _memory = memory;
        _span = memory.Span;
        _budget = budget;
        _grantedBytes = freeBytes;
    }

    /// <summary>Bytes consumed.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _span.Length - _position;

    /// <summary>The bytes left, without consuming them.</summary>
    public readonly ReadOnlyMemory<byte> RemainingMemory => _memory[_position..];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int count)
    {
        var position = _position;
        if ((uint)count > (uint)(_span.Length - position))
        {
            ThrowEnd(count);
        }

        _position = position + count;
        return _span.Slice(position, count);
    }

    public bool ReadBool() => Take(1)[0] != 0;
    public sbyte ReadInt8() => (sbyte)Take(1)[0];
    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));
    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));
    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));
    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));
    public Uuid ReadUuid() => new(Take(Uuid.Size));

    /// <summary>The unsigned form: lengths and tags.</summary>
    public uint ReadUVarInt()
    {
        if (_position < _span.Length && _span[_position] < 0x80)
        {
            return _span[_position++];
        }

        var size = VarInt.TryRead(_span[_position..], out uint value);
        if (size <= 0)
        {
            ThrowVarInt(size);
        }

        _position += size;
        return value;
    }

    /// <summary>The zigzag form: records.</summary>
    public int ReadVarInt() => VarInt.UnZigZag(ReadUVarInt());

    /// <summary>The zigzag form, 64 bits: records.</summary>
    public long ReadVarLong()
    {
        var size = VarInt.TryRead(_span[_position..], out ulong value);
        if (size <= 0)
        {
            ThrowVarInt(size);
        }

        _position += size;
        return VarInt.UnZigZag(value);
    }

    /// <summary>Consumes bytes without copying them.</summary>
    public ReadOnlyMemory<byte> ReadSlice(int count)
    {
        Take(count);
        return _memory.Slice(_position - count, count);
    }

    /// <summary>Length of bytes or records; negative for null.</summary>
    private int ReadLength(bool flexible) => flexible ? (int)ReadUVarInt() - 1 : ReadInt32();

    public ReadOnlyMemory<byte> ReadBytes(bool flexible)
    {
        var length = ReadLength(flexible);
        if (length < 0)
        {
            ThrowNull();
        }

        return ReadSlice(length);
    }

    public ReadOnlyMemory<byte>? ReadNullableBytes(bool flexible)
    {
        var length = ReadLength(flexible);
        return length < 0 ? default(ReadOnlyMemory<byte>?) : ReadSlice(length);
    }

    public RecordsData ReadRecords(bool flexible, RecordsData? previous = null) => MemoryRecords.Renew(previous, ReadBytes(flexible));

    public RecordsData? ReadNullableRecords(bool flexible, RecordsData? previous = null)
    {
        var length = ReadLength(flexible);
        return length < 0 ? null : MemoryRecords.Renew(previous, ReadSlice(length));
    }

    /// <summary>The count of an array, -1 for null.</summary>
    /// <param name="flexible">Whether the count is compact.</param>
    /// <param name="elementSizeMin">The fewest bytes an element can have, at least 1: a count that cannot fit is refused before anything is allocated.</param>
    /// <param name="elementWeight">The most memory an element takes, beside what it reads itself: charged for all of them, here.</param>
    public int ReadCount(bool flexible, int elementSizeMin, int elementWeight)
    {
        var count = flexible ? (int)ReadUVarInt() - 1 : ReadInt32();
        if (count < 0)
        {
            return -1;
        }

        if (count > DecodeLimits.ElementsMax)
        {
            ThrowLimit(count, "elements", DecodeLimits.ElementsMax);
        }

        if ((long)count * elementSizeMin > Remaining)
        {
            ThrowCount(count);
        }

        Charge(ListBytes + ((long)count * elementWeight));
        return count;
    }

    /// <summary>The count of a tag section.</summary>
    public int ReadTagCount()
    {
        if (_position < _span.Length && _span[_position] == 0)
        {
            _position++;
            return 0;
        }

        var count = ReadUVarInt();
        if (count > DecodeLimits.TaggedFieldsMax)
        {
            ThrowLimit(count, "tagged fields", DecodeLimits.TaggedFieldsMax);
        }

        if (count > Remaining / 2)
        {
            ThrowCount(count);
        }

        return (int)count;
    }

    /// <summary>Throws: null where the message does not allow it.</summary>
    public readonly void ThrowNull(string field = "a field") =>
        throw new WireFormatException($"{field} is null at byte {_position}, which this version does not allow");

    /// <summary>Throws: a tag that the schema knows, but not in this version.</summary>
    public readonly void ThrowTag(int tag, short version) =>
        throw new WireFormatException($"Tag {tag} at byte {_position} does not belong to version {version}");

    private readonly void ThrowEnd(int count) => throw new WireFormatException($"{count} bytes wanted at byte {_position}, {Remaining} are left");
    private readonly void ThrowCount(long count) =>
        throw new WireFormatException($"{count} elements announced at byte {_position}, {Remaining} bytes are left");
    private readonly void ThrowLimit(long count, string what, int max) =>
        throw new WireFormatException($"{count} {what} announced at byte {_position}, {max} are the most");
    private readonly void ThrowVarInt(int size) =>
        throw new WireFormatException(size == 0 ? $"The bytes end inside a varint at byte {_position}" : $"A varint is too long at byte {_position}");
}
