using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Wire;

/// <summary>Records that are sent from where they lie: their bytes belong at <see cref="Position"/> of the writer's memory.</summary>
public readonly record struct Splice(int Position, RecordsData Source);

/// <summary>Writes Kafka's primitives into a growing pooled buffer. Records that are not in memory are noted as splices, not copied.</summary>
public sealed class WireWriter : IDisposable
{
    private const int CapacityMin = 256;
    private const int StringLengthMax = short.MaxValue;

    private readonly List<Splice> _splices = [];
    private byte[] _buffer;
    private int _length;
    private int _splicedLength;

    public WireWriter(int capacity = CapacityMin) => _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, CapacityMin));

    /// <summary>Bytes in the buffer: the position of what comes next.</summary>
    public int Length => _length;

    /// <summary>Bytes in the buffer and in the splices.</summary>
    public int TotalLength => _length + _splicedLength;

    /// <summary>In ascending order of position.</summary>
    public IReadOnlyList<Splice> Splices => _splices;

    /// <summary>The buffer's bytes, without the splices; valid until the next write, Reset or Dispose.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _length);

    /// <inheritdoc cref="WrittenSpan"/>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    /// <summary>Forgets what was written and keeps the buffer.</summary>
    public void Reset()
    {
        _length = 0;
        _splicedLength = 0;
        _splices.Clear();
    }

    /// <summary>Gives the buffer back; the writer can be used again and rents another.</summary>
    public void Dispose()
    {
        Reset();
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Take(int count)
    {
        var at = _length;
        if (count > _buffer.Length - at)
        {
            Grow(count);
        }

        _length = at + count;
        return _buffer.AsSpan(at, count);
    }

    private void Grow(int count)
    {
        var wanted = Math.Max(checked(_length + count), (int)Math.Min(_buffer.Length * 2L, Array.MaxLength));
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, CapacityMin));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }

    /// <summary>Leaves room to be filled later, such as a frame's size; returns its position.</summary>
    public int Reserve(int count)
    {
        Take(count).Clear();
        return _length - count;
    }

    /// <summary>Writes over four bytes that are there already.</summary>
    public void SetInt32(int position, int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position, 4), value);

    public void WriteBool(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;
    public void WriteInt8(sbyte value) => Take(1)[0] = (byte)value;
    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(2), value);
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);
    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleBigEndian(Take(8), value);
    public void WriteUuid(Uuid value) => value.WriteTo(Take(Uuid.Size));
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>The unsigned form: lengths and tags.</summary>
    public void WriteUVarInt(uint value)
    {
        if (value < 0x80)
        {
            Take(1)[0] = (byte)value;
        }
        else
        {
            VarInt.Write(Take(VarInt.Size(value)), value);
        }
    }

    /// <summary>The zigzag form: records.</summary>
    public void WriteVarInt(int value) => WriteUVarInt(VarInt.ZigZag(value));

    /// <summary>The zigzag form, 64 bits: records.</summary>
    public void WriteVarLong(long value) => VarInt.Write(Take(VarInt.SizeZigZag(value)), VarInt.ZigZag(value));

    /// <exception cref="MessageVersionException">The text takes more than 32767 bytes.</exception>
    public void WriteString(string value, bool flexible)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        if (count > StringLengthMax)
        {
            throw new MessageVersionException($"A string of {count} bytes is too long to be written");
        }

        if (flexible)
        {
            WriteUVarInt((uint)count + 1);
        }
        else
        {
            WriteInt16((short)count);
        }

        Encoding.UTF8.GetBytes(value, Take(count));
    }

    public void WriteNullableString(string? value, bool flexible)
    {
        if (value is not null)
        {
            WriteString(value, flexible);
        }
        else if (flexible)
        {
            WriteUVarInt(0);
        }
        else
        {
            WriteInt16(-1);
        }
    }

    /// <summary>The count of an array or the length of bytes; -1 is null.</summary>
    public void WriteCount(int count, bool flexible)
    {
        if (flexible)
        {
            WriteUVarInt((uint)(count + 1));
        }
        else
        {
            WriteInt32(count);
        }
    }

    public void WriteBytes(ReadOnlyMemory<byte> value, bool flexible)
    {
        WriteCount(value.Length, flexible);
        WriteRaw(value.Span);
    }

    public void WriteNullableBytes(ReadOnlyMemory<byte>? value, bool flexible)
    {
        if (value is { } bytes)
        {
            WriteBytes(bytes, flexible);
        }
        else
        {
            WriteCount(-1, flexible);
        }
    }

    /// <summary>Writes the length, then the bytes themselves when they are in memory, else a splice.</summary>
    public void WriteRecords(RecordsData? value, bool flexible)
    {
        WriteCount(value?.Length ?? -1, flexible);
        if (value is MemoryRecords memory)
        {
            WriteRaw(memory.Span);
        }
        else if (value is { Length: > 0 })
        {
            AddSplice(value);
        }
    }

    private void AddSplice(RecordsData source)
    {
        _splices.Add(new Splice(_length, source));
        _splicedLength = checked(_splicedLength + source.Length);
    }

    /// <summary>Begins a tagged field whose size is not known yet; returns what <see cref="EndTag"/> wants.</summary>
    public int BeginTag(int tag)
    {
        WriteUVarInt((uint)tag);
        return Reserve(1);
    }

    /// <summary>Fills in the field's size, moving its bytes when the size takes more than the one byte left for it.</summary>
    public void EndTag(int start)
    {
        var size = _length - start - 1;
        var extra = VarInt.Size((uint)size) - 1;
        if (extra > 0)
        {
            Take(extra);
            _buffer.AsSpan(start + 1, size).CopyTo(_buffer.AsSpan(start + 1 + extra));
        }

        VarInt.Write(_buffer.AsSpan(start), (uint)size);
    }

    /// <summary>Throws: null where the version does not allow it.</summary>
    public static void ThrowNull(string field, short version) => throw new MessageVersionException($"{field} is null, which version {version} does not allow");

    /// <summary>Throws: a value in a field that the version lacks.</summary>
    public static void ThrowLost(string field, short version) => throw new MessageVersionException($"{field} is set, but version {version} has no such field");

    /// <summary>Throws: no such version.</summary>
    public static void ThrowVersion(string message, short version) => throw new MessageVersionException($"{message} has no version {version}");
}
