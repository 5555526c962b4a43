namespace Ouzel.Protocol.Wire;

/// <summary>A tagged field the schema does not know: kept, and written back where it was read.</summary>
public readonly record struct UnknownTag(int Tag, ReadOnlyMemory<byte> Data);

/// <summary>The tag section at the end of every flexible structure: a count, then number, size and bytes of each field, in ascending order.</summary>
public static class TaggedFields
{
    /// <summary>Keeps a field the schema does not know.</summary>
    public static void Keep(ref List<UnknownTag>? unknown, ref WireReader reader, int tag, int size)
    {
        reader.ChargeUnknownTag(isFirst: unknown is null);
        (unknown ??= []).Add(new UnknownTag(tag, reader.ReadSlice(size)));
    }

    /// <summary>Writes the unknown fields from an index on, as long as their number lies below <paramref name="before"/>; returns the next index.</summary>
    public static int WriteUnknown(WireWriter writer, List<UnknownTag> unknown, int from, int before)
    {
        for (; from < unknown.Count; from++)
        {
            var field = unknown[from];
            var previous = from == 0 ? -1 : unknown[from - 1].Tag;
            if (field.Tag <= previous)
            {
                throw new MessageVersionException($"Unknown tag {field.Tag} follows tag {previous}: tags must ascend");
            }

            if (field.Tag == before)
            {
                throw new MessageVersionException($"Tag {field.Tag} is no unknown tag here");
            }

            if (field.Tag > before)
            {
                break;
            }

            writer.WriteUVarInt((uint)field.Tag);
            writer.WriteUVarInt((uint)field.Data.Length);
            writer.WriteRaw(field.Data.Span);
        }

        return from;
    }
}
