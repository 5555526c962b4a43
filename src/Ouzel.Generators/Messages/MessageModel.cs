namespace Ouzel.Generators.Messages;

internal enum MessageKind
{
    Request,
    Response,
    Record,
    Data,
}

internal enum FieldKind
{
    Bool,
    Int8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    Double,
    Uuid,
    String,
    Bytes,
    Records,
    Structure,
}

internal enum DefaultKind
{
    Constant,
    Empty,
    Null,
}

/// <summary>One property of a message or structure.</summary>
/// <param name="Structure">The class of a structure, else null.</param>
/// <param name="EnumType">The enum a number is shown as, else null.</param>
/// <param name="Constant">The default's text when <paramref name="Default"/> is Constant.</param>
/// <param name="Tag">-1 when the field is not tagged.</param>
internal sealed record FieldModel(
    string Name,
    FieldKind Kind,
    bool IsList,
    string? Structure,
    string? EnumType,
    DefaultKind Default,
    string Constant,
    VersionRange In,
    VersionRange NullIn,
    bool IsNullable,
    int Tag,
    bool Ignorable,
    bool NeverFlexible,
    bool Secret)
{
    public bool IsTagged => Tag >= 0;

    /// <summary>The property as the generated code reaches it: some of Kafka's fields have the names of its locals.</summary>
    public string Access => "this." + Name;
}

/// <summary>The message itself or a structure in it.</summary>
/// <param name="Context">The versions in which it is read and written.</param>
/// <param name="SizeMin">The fewest bytes it takes on the wire in any of them, at least 1.</param>
/// <param name="Weight">The memory an instance takes before anything variable is read into it.</param>
internal sealed record StructureModel(string Name, EquatableArray<FieldModel> Fields, VersionRange Context, int SizeMin, int Weight);

/// <summary>All the generator knows of a message; equal when the generated code would be.</summary>
/// <param name="Key">The api key or record type; 0 for data.</param>
/// <param name="KeyName">The api key's name in the enum; "" for records and data.</param>
internal sealed record MessageModel(
    string Namespace,
    MessageKind Kind,
    int Key,
    string KeyName,
    VersionRange Versions,
    VersionRange Flexible,
    StructureModel Body,
    EquatableArray<StructureModel> Structures)
{
    public string Name => Body.Name;
}

/// <summary>A message, or what is wrong with its declaration.</summary>
internal sealed record MessageResult(MessageModel? Message, EquatableArray<DiagnosticInfo> Diagnostics);
