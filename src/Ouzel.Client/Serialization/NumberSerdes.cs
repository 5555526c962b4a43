using System.Buffers;
using System.Buffers.Binary;

namespace Ouzel.Client.Serialization;

internal sealed class Int32Serde : ISerde<int>
{
    public void Serialize(int value, IBufferWriter<byte> writer)
    {
        BinaryPrimitives.WriteInt32BigEndian(writer.GetSpan(sizeof(int)), value);
        writer.Advance(sizeof(int));
    }

    public int Deserialize(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(Sized.Check(bytes, sizeof(int), "an int"));
}

internal sealed class Int64Serde : ISerde<long>
{
    public void Serialize(long value, IBufferWriter<byte> writer)
    {
        BinaryPrimitives.WriteInt64BigEndian(writer.GetSpan(sizeof(long)), value);
        writer.Advance(sizeof(long));
    }

    public long Deserialize(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(Sized.Check(bytes, sizeof(long), "a long"));
}

internal sealed class DoubleSerde : ISerde<double>
{
    public void Serialize(double value, IBufferWriter<byte> writer)
    {
        BinaryPrimitives.WriteDoubleBigEndian(writer.GetSpan(sizeof(double)), value);
        writer.Advance(sizeof(double));
    }

    public double Deserialize(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadDoubleBigEndian(Sized.Check(bytes, sizeof(double), "a double"));
}

/// <summary>Refuses bytes of another length than the number has.</summary>
internal static class Sized
{
    public static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> bytes, int size, string what) =>
        bytes.Length == size ? bytes : throw new FormatException($"{what} has {size} bytes, here are {bytes.Length}");
}
