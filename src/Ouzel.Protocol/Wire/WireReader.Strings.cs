using System.Text;
using System.Text.Unicode;

namespace Ouzel.Protocol.Wire;

public ref partial struct WireReader
{
    private const int StringLengthMax = short.MaxValue;

    /// <param name="flexible">Whether the length is compact.</param>
    /// <param name="previous">Returned when it says the same: names repeat from one request to the next.</param>
    public string ReadString(bool flexible, string? previous = null)
    {
        var length = flexible ? (int)ReadUVarInt() - 1 : ReadInt16();
        if (length < 0)
        {
            ThrowNull();
        }

        return ReadText(length, previous);
    }

    /// <inheritdoc cref="ReadString"/>
    public string? ReadNullableString(bool flexible, string? previous = null)
    {
        var length = flexible ? (int)ReadUVarInt() - 1 : ReadInt16();
        return length < 0 ? null : ReadText(length, previous);
    }

    private string ReadText(int length, string? previous)
    {
        if (length > StringLengthMax)
        {
            throw new WireFormatException($"A string of {length} bytes at byte {_position} is too long");
        }

        var bytes = Take(length);
        if (length == 0)
        {
            return "";
        }

        if (previous is not null && previous.Length == length && Ascii.Equals(bytes, previous))
        {
            ChargeText(length);
            return previous;
        }

        if (NameCache.Find(bytes, out var isShared) is { } name)
        {
            if (!isShared)
            {
                ChargeText(length);
            }

            return name;
        }

        ChargeText(length);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Repair(bytes);
    }

    /// <summary>Kafka turns an encoded surrogate into one U+FFFD where .NET makes three of it; everything else agrees.</summary>
    private static string Repair(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        for (var i = 0; i + 2 < copy.Length; i++)
        {
            if (copy[i] != 0xed || (copy[i + 1] & 0xe0) != 0xa0 || (copy[i + 2] & 0xc0) != 0x80)
            {
                continue;
            }

            (copy[i], copy[i + 1], copy[i + 2]) = (0xef, 0xbf, 0xbd);
        }

        return Encoding.UTF8.GetString(copy);
    }
}
