using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ouzel.Protocol.Wire;

/// <summary>Lists of primitives. Each fills <c>previous</c> where there is one; null on the wire gives null.</summary>
public ref partial struct WireReader
{
    private const int ReferenceBytes = 8;

    public List<sbyte>? ReadInt8List(bool flexible, List<sbyte>? previous)
    {
        if (!TryBegin(flexible, sizeof(sbyte), ref previous, out var count))
        {
            return null;
        }

        Take(count).CopyTo(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(previous)));
        return previous;
    }

    public List<short>? ReadInt16List(bool flexible, List<short>? previous)
    {
        if (!TryBegin(flexible, sizeof(short), ref previous, out var count))
        {
            return null;
        }

        var source = MemoryMarshal.Cast<byte, short>(Take(count * sizeof(short)));
        var target = CollectionsMarshal.AsSpan(previous);
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(source, target);
        }
        else
        {
            source.CopyTo(target);
        }

        return previous;
    }

    public List<int>? ReadInt32List(bool flexible, List<int>? previous)
    {
        if (!TryBegin(flexible, sizeof(int), ref previous, out var count))
        {
            return null;
        }

        var source = MemoryMarshal.Cast<byte, int>(Take(count * sizeof(int)));
        var target = CollectionsMarshal.AsSpan(previous);
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(source, target);
        }
        else
        {
            source.CopyTo(target);
        }

        return previous;
    }

    public List<long>? ReadInt64List(bool flexible, List<long>? previous)
    {
        if (!TryBegin(flexible, sizeof(long), ref previous, out var count))
        {
            return null;
        }

        var source = MemoryMarshal.Cast<byte, long>(Take(count * sizeof(long)));
        var target = CollectionsMarshal.AsSpan(previous);
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(source, target);
        }
        else
        {
            source.CopyTo(target);
        }

        return previous;
    }

    public List<Uuid>? ReadUuidList(bool flexible, List<Uuid>? previous)
    {
        if (!TryBegin(flexible, Uuid.Size, ref previous, out _))
        {
            return null;
        }

        foreach (ref var id in CollectionsMarshal.AsSpan(previous))
        {
            id = ReadUuid();
        }

        return previous;
    }

    public List<string>? ReadStringList(bool flexible, List<string>? previous)
    {
        var count = ReadCount(flexible, flexible ? 1 : 2, ReferenceBytes);
        if (count < 0)
        {
            return null;
        }

        previous ??= new List<string>(count);
        var known = previous.Count;
        CollectionsMarshal.SetCount(previous, count);
        var target = CollectionsMarshal.AsSpan(previous);
        if (known < count)
        {
            target[known..].Fill("");
        }

        foreach (ref var text in target)
        {
            text = ReadString(flexible, text);
        }

        return previous;
    }

    private bool TryBegin<T>(bool flexible, int elementSize, ref List<T>? list, out int count)
        where T : unmanaged
    {
        count = ReadCount(flexible, elementSize, elementSize);
        if (count < 0)
        {
            return false;
        }

        list ??= new List<T>(count);
        CollectionsMarshal.SetCount(list, count);
        return true;
    }
}
