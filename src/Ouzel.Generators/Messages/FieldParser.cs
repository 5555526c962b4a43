using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Generators.Messages;

/// <summary>Turns the properties of a message or structure into <see cref="FieldModel"/>s. Properties without a setter are no fields.</summary>
internal sealed class FieldParser(INamedTypeSymbol message, SemanticModel semantics, List<DiagnosticInfo> diagnostics)
{
    public List<FieldModel> Parse(INamedTypeSymbol type)
    {
        var fields = new List<FieldModel>();
        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            if (property.IsStatic || property.SetMethod is null || property.DeclaringSyntaxReferences.Length == 0)
            {
                continue;
            }

            if (Field(property) is { } field)
            {
                fields.Add(field);
            }
        }

        return fields;
    }

    private FieldModel? Field(IPropertySymbol property)
    {
        var type = property.Type;
        var isNullable = false;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped)
        {
            isNullable = true;
            type = wrapped.TypeArguments[0];
        }
        else if (type.IsReferenceType)
        {
            isNullable = property.NullableAnnotation == NullableAnnotation.Annotated;
        }

        var isList = type is INamedTypeSymbol { Name: "List", TypeArguments.Length: 1 };
        var element = isList ? ((INamedTypeSymbol)type).TypeArguments[0] : type;
        if (Kind(element) is not { } kind || (isNullable && !isList && !CanBeNull(kind)))
        {
            return Refuse(MessageDiagnostics.BadType, property, property.Type.ToDisplayString());
        }

        if (kind == FieldKind.Structure && !IsOwnStructure((INamedTypeSymbol)element))
        {
            return Refuse(MessageDiagnostics.UnknownStructure, property);
        }

        var inAttribute = MessageParser.Attribute(property, "InAttribute");
        var tagged = MessageParser.Attribute(property, "TaggedAttribute");
        var nullIn = MessageParser.Attribute(property, "NullInAttribute");
        if (inAttribute is not null && tagged is not null)
        {
            return Refuse(MessageDiagnostics.InAndTagged, property);
        }

        if (isNullable != nullIn is not null)
        {
            return Refuse(MessageDiagnostics.NullabilityDiffers, property);
        }

        if (kind == FieldKind.Records && (isList || tagged is not null))
        {
            return Refuse(MessageDiagnostics.BadRecords, property);
        }

        var presence = tagged ?? inAttribute;
        if (!TryVersions(property, presence, VersionRange.All, out var versions))
        {
            return null;
        }

        if (!TryVersions(property, nullIn, VersionRange.None, out var nulls))
        {
            return null;
        }

        if (Default(property, kind, isList, isNullable) is not { } initial)
        {
            return Refuse(MessageDiagnostics.BadDefault, property);
        }

        return new FieldModel(
            property.Name,
            kind,
            isList,
            kind == FieldKind.Structure ? element.Name : null,
            element.TypeKind == TypeKind.Enum ? element.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) : null,
            initial.Kind,
            initial.Text,
            versions,
            nulls,
            isNullable,
            tagged is null ? -1 : (int)tagged.ConstructorArguments[0].Value!,
            presence is not null && presence.NamedArguments.Any(a => a.Key == "Ignorable" && a.Value.Value is true),
            MessageParser.Attribute(property, "NeverFlexibleAttribute") is not null,
            MessageParser.Attribute(property, "SecretAttribute") is not null);
    }

    private FieldModel? Refuse(DiagnosticDescriptor rule, IPropertySymbol property, params string[] more)
    {
        diagnostics.Add(DiagnosticInfo.At(rule, MessageParser.Place(property), [$"{property.ContainingType.Name}.{property.Name}", .. more]));
        return null;
    }

    private bool TryVersions(IPropertySymbol property, AttributeData? attribute, VersionRange absent, out VersionRange versions)
    {
        versions = absent;
        if (attribute is null)
        {
            return true;
        }

        var text = attribute.ConstructorArguments[attribute.ConstructorArguments.Length - 1].Value as string;
        if (VersionRange.TryParse(text, out versions))
        {
            return true;
        }

        diagnostics.Add(DiagnosticInfo.At(MessageDiagnostics.BadVersions, MessageParser.Place(property), text ?? ""));
        return false;
    }

    private bool IsOwnStructure(INamedTypeSymbol type) =>
        MessageParser.IsStructure(type) && SymbolEqualityComparer.Default.Equals(type.ContainingType, message);

    private static bool CanBeNull(FieldKind kind) => kind is FieldKind.String or FieldKind.Bytes or FieldKind.Records or FieldKind.Structure;

    private static FieldKind? Kind(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } underlying })
        {
            return Kind(underlying);
        }

        switch (type.SpecialType)
        {
            case SpecialType.System_Boolean: return FieldKind.Bool;
            case SpecialType.System_SByte: return FieldKind.Int8;
            case SpecialType.System_Int16: return FieldKind.Int16;
            case SpecialType.System_UInt16: return FieldKind.UInt16;
            case SpecialType.System_Int32: return FieldKind.Int32;
            case SpecialType.System_UInt32: return FieldKind.UInt32;
            case SpecialType.System_Int64: return FieldKind.Int64;
            case SpecialType.System_Double: return FieldKind.Double;
            case SpecialType.System_String: return FieldKind.String;
        }

        if (type is not INamedTypeSymbol named)
        {
            return null;
        }

        return named.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString() switch
        {
            "Ouzel.Protocol.Uuid" => FieldKind.Uuid,
            "System.ReadOnlyMemory<byte>" => FieldKind.Bytes,
            "Ouzel.Protocol.Records.RecordsData" => FieldKind.Records,
            _ => named is { TypeKind: TypeKind.Class, SpecialType: SpecialType.None, IsGenericType: false } ? FieldKind.Structure : null,
        };
    }

    private (DefaultKind Kind, string Text)? Default(IPropertySymbol property, FieldKind kind, bool isList, bool isNullable)
    {
        var value = (property.DeclaringSyntaxReferences[0].GetSyntax() as PropertyDeclarationSyntax)?.Initializer?.Value;
        var isReference = isList || kind is FieldKind.String or FieldKind.Bytes or FieldKind.Records or FieldKind.Structure;
        if (value is null)
        {
            if (isNullable)
            {
                return (DefaultKind.Null, "null");
            }

            if (!isReference)
            {
                return (DefaultKind.Constant, "default");
            }

            return kind == FieldKind.Bytes && !isList ? (DefaultKind.Empty, "") : null;
        }

        if (!isReference)
        {
            var constant = semantics.GetConstantValue(value);
            return constant.HasValue ? (DefaultKind.Constant, value.ToString()) : null;
        }

        var isEmpty = value.ToString() is "[]" or "new()" or "\"\"" or "MemoryRecords.Empty" or "ReadOnlyMemory<byte>.Empty";
        return isEmpty ? (DefaultKind.Empty, "") : null;
    }
}
