using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Ouzel.Protocol.Wire;

/// <summary>
/// Strings read lately: topics, client ids and groups come again with every request of every connection. One slot per hash, and whoever comes last owns it:
/// a lookup costs a comparison, a miss what it cost before. Racing threads may both make the string; either is right.
/// </summary>
internal static class NameCache
{
    /// <summary>Kafka's topic names end here; what is longer is seldom a name.</summary>
    private const int LengthMax = 249;

    private const int SlotCount = 4096;

    private static readonly string?[] Slots = new string?[SlotCount];

    /// <summary>The text of ASCII bytes, made at most once while it is in use; null when they are no ASCII, or too long to be a name.</summary>
    /// <param name="bytes">The text on the wire.</param>
    /// <param name="isShared">Whether somebody read it before: then it costs nothing.</param>
    internal static string? Find(ReadOnlySpan<byte> bytes, out bool isShared)
    {
        isShared = false;
        if (bytes.Length > LengthMax)
        {
            return null;
        }

        ref var slot = ref Slots[SlotOf(bytes)];
        if (slot is { } known && known.Length == bytes.Length && Ascii.Equals(bytes, known))
        {
            isShared = true;
            return known;
        }

        if (!Ascii.IsValid(bytes))
        {
            return null;
        }

        var name = Encoding.ASCII.GetString(bytes);
        slot = name;
        return name;
    }

    private static int SlotOf(ReadOnlySpan<byte> bytes)
    {
        var hash = (uint)bytes.Length;
        while (bytes.Length >= sizeof(uint))
        {
            hash = BitOperations.Crc32C(hash, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            bytes = bytes[sizeof(uint)..];
        }

        foreach (var rest in bytes)
        {
            hash = BitOperations.Crc32C(hash, rest);
        }

        return (int)(hash % SlotCount);
    }
}
