namespace Ouzel.Generators.Messages;

/// <summary>Emits Write: fields in order, then known and unknown tags in ascending order. What a version would lose is refused unless ignorable.</summary>
internal static class WriteEmitter
{
    public static void Emit(EmitScope scope, bool isMessage)
    {
        var code = scope.Code;
        if (isMessage)
        {
            code.Line("/// <inheritdoc/>");
        }

        code.Open($"{(isMessage ? "public" : "internal")} void Write(WireWriter writer, short version)");
        if (isMessage)
        {
            code.Line($"if (version < LowestVersion || version > HighestVersion) WireWriter.ThrowVersion(\"{scope.Owner}\", version);");
        }

        scope.DeclareFlexible();
        foreach (var field in scope.Fields.Where(f => !f.IsTagged))
        {
            Field(scope, field);
        }

        foreach (var field in scope.Tagged)
        {
            Lost(scope, field);
        }

        TagSection(scope);
        code.Close();
    }

    private static void Field(EmitScope scope, FieldModel field)
    {
        var code = scope.Code;
        var has = scope.Has(field);
        if (has == "true")
        {
            Value(scope, field, scope.FlexibleFor(field), scope.MayBeNull(field));
            return;
        }

        if (has != "false")
        {
            code.Open($"if ({has})");
            Value(scope, field, scope.FlexibleFor(field), scope.MayBeNull(field));
            code.Close();
        }

        Lost(scope, field);
    }

    private static void Lost(EmitScope scope, FieldModel field)
    {
        var absent = Conditions.Not(scope.Has(field));
        if (field.Ignorable || absent == "false")
        {
            return;
        }

        var condition = absent == "true" ? "" : $"{absent} && ";
        scope.Code.Line($"if ({condition}!({DefaultEmitter.IsDefault(field)})) WireWriter.ThrowLost(\"{scope.Owner}.{field.Name}\", version);");
    }

    private static void TagSection(EmitScope scope)
    {
        var code = scope.Code;
        if (scope.Flexible != "true")
        {
            var condition = scope.Flexible == "false" ? "" : "!flexible && ";
            code.Line($"if ({condition}UnknownTags is {{ Count: > 0 }}) WireWriter.ThrowLost(\"{scope.Owner}.UnknownTags\", version);");
        }

        if (scope.Flexible == "false")
        {
            return;
        }

        var known = scope.Tagged.Where(f => scope.Has(f) != "false").ToList();
        scope.OpenIf(scope.Flexible);
        code.Line("int count = UnknownTags?.Count ?? 0;");
        foreach (var field in known)
        {
            var has = scope.Has(field);
            code.Line($"bool tag{field.Tag} = {(has == "true" ? "" : $"{has} && ")}!({DefaultEmitter.IsDefault(field)});");
            code.Line($"if (tag{field.Tag}) count++;");
        }

        code.Line("writer.WriteUVarInt((uint)count);");
        if (known.Count > 0)
        {
            code.Open("if (count > 0)");
            code.Line("int unknown = 0;");
        }

        foreach (var field in known)
        {
            code.Line($"if (UnknownTags is not null) unknown = TaggedFields.WriteUnknown(writer, UnknownTags, unknown, {field.Tag});");
            code.Open($"if (tag{field.Tag})");
            code.Line($"int start = writer.BeginTag({field.Tag});");
            Value(scope, field, "true", scope.MayBeNull(field));
            code.Line("writer.EndTag(start);");
            code.Close();
        }

        code.Line($"if (UnknownTags is not null) TaggedFields.WriteUnknown(writer, UnknownTags, {(known.Count > 0 ? "unknown" : "0")}, int.MaxValue);");
        if (known.Count > 0)
        {
            code.Close();
        }

        code.Close();
    }

    private static void Value(EmitScope scope, FieldModel field, string flexible, string mayBeNull)
    {
        var code = scope.Code;
        if (!field.IsNullable)
        {
            NotNull(scope, field, flexible, field.Access);
            return;
        }

        code.Open($"if ({field.Access} is null)");
        if (mayBeNull != "true")
        {
            var guard = mayBeNull == "false" ? "" : $"if ({Conditions.Not(mayBeNull)}) ";
            code.Line($"{guard}WireWriter.ThrowNull(\"{scope.Owner}.{field.Name}\", version);");
        }

        if (mayBeNull != "false")
        {
            Null(scope, field, flexible);
        }

        code.Close();
        code.Open("else");
        if (field.Kind == FieldKind.Structure && !field.IsList)
        {
            var presence = field.IsTagged ? "writer.WriteUVarInt(1);" : "writer.WriteInt8(1);";
            if (mayBeNull == "true")
            {
                code.Line(presence);
            }
            else if (mayBeNull != "false")
            {
                code.Line($"if ({mayBeNull}) {presence}");
            }
        }

        NotNull(scope, field, flexible, field.Kind == FieldKind.Bytes && !field.IsList ? $"{field.Access}.Value" : field.Access);
        code.Close();
    }

    private static void Null(EmitScope scope, FieldModel field, string flexible)
    {
        if (field.Kind == FieldKind.Structure && !field.IsList)
        {
            scope.Code.Line(field.IsTagged ? "writer.WriteUVarInt(0);" : "writer.WriteInt8(-1);");
        }
        else if (field.Kind == FieldKind.String && !field.IsList)
        {
            scope.Code.Line($"writer.WriteNullableString(null, {flexible});");
        }
        else
        {
            scope.Code.Line($"writer.WriteCount(-1, {flexible});");
        }
    }

    private static void NotNull(EmitScope scope, FieldModel field, string flexible, string value)
    {
        var code = scope.Code;
        if (!field.IsList)
        {
            Element(code, field, flexible, value);
            return;
        }

        code.Line($"writer.WriteCount({value}.Count, {flexible});");
        code.Open($"for (int i = 0; i < {value}.Count; i++)");
        Element(code, field, flexible, $"{value}[i]");
        code.Close();
    }

    private static void Element(CodeWriter code, FieldModel field, string flexible, string value)
    {
        switch (field.Kind)
        {
            case FieldKind.Structure:
                code.Line($"{value}.Write(writer, version);");
                break;
            case FieldKind.String or FieldKind.Bytes or FieldKind.Records:
                code.Line($"writer.Write{field.Kind}({value}, {flexible});");
                break;
            default:
                code.Line($"writer.Write{field.Kind}({(field.EnumType is null ? "" : $"({Underlying(field.Kind)})")}{value});");
                break;
        }
    }

    private static string Underlying(FieldKind kind) => kind switch
    {
        FieldKind.Int8 => "sbyte",
        FieldKind.Int16 => "short",
        FieldKind.Int32 => "int",
        FieldKind.Int64 => "long",
        FieldKind.UInt16 => "ushort",
        _ => "uint",
    };
}
