namespace Ouzel.Generators.Messages;

/// <summary>
/// The memory that an instance of a structure takes before anything variable is read into it: what readers charge for an element ahead of making it. Every
/// field counts, for the class has it in every version.
/// </summary>
internal sealed class MessageWeight(Dictionary<string, List<FieldModel>> structures)
{
    private const int Object = 16;
    private const int Reference = 8;
    private const int EmptyList = 32;
    private const int Memory = 16;
    private const int Records = 40;

    public int Of(IReadOnlyList<FieldModel> fields)
    {
        var bytes = Object + Reference; // the unknown tags
        foreach (var field in fields)
        {
            bytes += Field(field);
        }

        return (bytes + 7) / 8 * 8;
    }

    private int Field(FieldModel field)
    {
        if (field.IsList)
        {
            return Reference + (field.Default == DefaultKind.Null ? 0 : EmptyList);
        }

        switch (field.Kind)
        {
            case FieldKind.Bool or FieldKind.Int8: return 1;
            case FieldKind.Int16 or FieldKind.UInt16: return 2;
            case FieldKind.Int32 or FieldKind.UInt32: return 4;
            case FieldKind.Int64 or FieldKind.Double: return 8;
            case FieldKind.Uuid: return 16;
            case FieldKind.Bytes: return Memory + (field.IsNullable ? 8 : 0);
            case FieldKind.Records: return Reference + Records;
            case FieldKind.Structure: return Reference + (field.Default == DefaultKind.Null ? 0 : Of(structures[field.Structure!]));
            default: return Reference;
        }
    }
}
