using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Ouzel.Protocol;

/// <summary>Kafka's 16-byte id: of topics, log directories, members. Text is base64url without padding, 22 characters.</summary>
/// <remarks>Ordered as Kafka orders: the two halves as signed numbers, most significant first.</remarks>
public readonly struct Uuid : IEquatable<Uuid>, IComparable<Uuid>
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 16;

    private const int TextLength = 22;
    private const int PaddedTextLength = 24;

    private readonly long _high;
    private readonly long _low;

    public Uuid(long high, long low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>Reads the first 16 bytes, big-endian.</summary>
    public Uuid(ReadOnlySpan<byte> bytes)
        : this(BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]))
    {
    }

    /// <summary>The id that means "none".</summary>
    public static Uuid Zero => default;

    /// <summary>The reserved id 1: the metadata topic.</summary>
    public static Uuid One => new(0, 1);

    public long High => _high;
    public long Low => _low;

    /// <summary>A random (version 4) id that is not reserved and whose text does not begin with a hyphen, so that it can be a command's argument.</summary>
    public static Uuid Random(Random random)
    {
        Span<byte> bytes = stackalloc byte[Size];
        while (true)
        {
            random.NextBytes(bytes);
            bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
            bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
            var id = new Uuid(bytes);
            if (id != Zero && id != One && !id.ToString().StartsWith('-'))
            {
                return id;
            }
        }
    }

    /// <exception cref="FormatException">The text is no id.</exception>
    public static Uuid Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a base64url id of 16 bytes.");

    /// <summary>Accepts padding and any trailing bits, as Kafka does.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Uuid id)
    {
        id = default;
        if (text is null || text.Length > PaddedTextLength)
        {
            return false;
        }

        var digits = text.AsSpan().TrimEnd('=');
        if (digits.Length != TextLength || (text.Length != TextLength && text.Length != PaddedTextLength))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[18];
        Span<char> whole = stackalloc char[PaddedTextLength];
        digits.CopyTo(whole);
        whole[TextLength..].Fill('A');
        if (Base64Url.DecodeFromChars(whole, bytes, out _, out var written) != System.Buffers.OperationStatus.Done || written != bytes.Length)
        {
            return false;
        }

        id = new Uuid(bytes);
        return true;
    }

    /// <summary>Writes 16 bytes, big-endian.</summary>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteInt64BigEndian(destination[8..], _low);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteTo(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The hash Kafka's own id has, which share coordinators and metadata hashes build on.</summary>
    public override int GetHashCode()
    {
        var mixed = _high ^ _low;
        return (int)(mixed >> 32) ^ (int)mixed;
    }

    public bool Equals(Uuid other) => _high == other._high && _low == other._low;
    public override bool Equals(object? obj) => obj is Uuid other && Equals(other);
    public int CompareTo(Uuid other) => _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);

    public static bool operator ==(Uuid left, Uuid right) => left.Equals(right);
    public static bool operator !=(Uuid left, Uuid right) => !left.Equals(right);
    public static bool operator <(Uuid left, Uuid right) => left.CompareTo(right) < 0;
    public static bool operator >(Uuid left, Uuid right) => left.CompareTo(right) > 0;
    public static bool operator <=(Uuid left, Uuid right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Uuid left, Uuid right) => left.CompareTo(right) >= 0;
}
