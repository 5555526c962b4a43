namespace Ouzel.Generators.Messages;

/// <summary>Emits Read: fields in order, then the tag section.</summary>
internal static class ReadEmitter
{
    /// <summary>The bytes that a list takes for each element beside the element.</summary>
    private const int SlotBytes = 8;

    public static void Emit(EmitScope scope, bool isMessage)
    {
        var code = scope.Code;
        if (isMessage)
        {
            code.Line("/// <inheritdoc/>");
        }

        code.Open($"{(isMessage ? "public" : "internal")} void Read(ref WireReader reader, short version)");
        if (isMessage)
        {
            code.Line($"if (version < LowestVersion || version > HighestVersion) WireWriter.ThrowVersion(\"{scope.Owner}\", version);");
        }

        scope.DeclareFlexible();
        foreach (var field in scope.Fields.Where(f => !f.IsTagged))
        {
            Field(scope, field);
        }

        code.Line("UnknownTags = null;");
        var known = scope.Tagged.ToList();
        if (known.Count > 0 && scope.Flexible != "false")
        {
            code.Line("uint seen = 0;");
        }

        if (scope.Flexible != "false")
        {
            TagSection(scope, known);
        }

        for (var i = 0; i < known.Count; i++)
        {
            // What the section did not bring goes back to its default only now, so that what it did bring could reuse the old value.
            if (scope.Flexible != "false")
            {
                code.Open($"if ((seen & {1u << i}u) == 0)");
            }

            DefaultEmitter.Reset(scope, known[i]);
            if (scope.Flexible != "false")
            {
                code.Close();
            }
        }

        code.Close();
    }

    private static void Field(EmitScope scope, FieldModel field)
    {
        var code = scope.Code;
        var has = scope.Has(field);
        if (has == "false")
        {
            DefaultEmitter.Reset(scope, field);
            return;
        }

        if (has == "true")
        {
            Value(scope, field, scope.FlexibleFor(field), scope.MayBeNull(field));
            return;
        }

        code.Open($"if ({has})");
        Value(scope, field, scope.FlexibleFor(field), scope.MayBeNull(field));
        code.Close();
        code.Open("else");
        DefaultEmitter.Reset(scope, field);
        code.Close();
    }

    private static void TagSection(EmitScope scope, List<FieldModel> known)
    {
        var code = scope.Code;
        scope.OpenIf(scope.Flexible);
        code.Open("for (int left = reader.ReadTagCount(); left > 0; left--)");
        code.Line("int tag = (int)reader.ReadUVarInt();");
        code.Line("int size = (int)reader.ReadUVarInt();");
        if (known.Count > 0)
        {
            code.Open("switch (tag)");
        }

        for (var i = 0; i < known.Count; i++)
        {
            var field = known[i];
            code.Open($"case {field.Tag}:");
            var has = scope.Has(field);
            if (has != "true")
            {
                code.Line($"if ({Conditions.Not(has)}) reader.ThrowTag(tag, version);");
            }

            Value(scope, field, "true", scope.MayBeNull(field));
            code.Line($"seen |= {1u << i}u;");
            code.Line("break;");
            code.Close();
        }

        if (known.Count > 0)
        {
            code.Open("default:");
        }

        code.Line("var unknown = UnknownTags;");
        code.Line("TaggedFields.Keep(ref unknown, ref reader, tag, size);");
        code.Line("UnknownTags = unknown;");
        if (known.Count > 0)
        {
            code.Line("break;");
            code.Close();
            code.Close();
        }

        code.Close();
        code.Close();
    }

    private static void Value(EmitScope scope, FieldModel field, string flexible, string mayBeNull)
    {
        if (field.IsList && field.Kind == FieldKind.Structure)
        {
            StructureList(scope, field, flexible, mayBeNull);
        }
        else if (field.IsList)
        {
            PrimitiveList(scope, field, flexible, mayBeNull);
        }
        else if (field.Kind == FieldKind.Structure)
        {
            Structure(scope, field, mayBeNull);
        }
        else
        {
            scope.Code.Line($"{field.Access} = {Scalar(field, flexible, mayBeNull)};");
        }
    }

    private static string Scalar(FieldModel field, string flexible, string mayBeNull)
    {
        var cast = field.EnumType is { } type ? $"({type})" : "";
        switch (field.Kind)
        {
            case FieldKind.String: return Nullable("String", $"{flexible}, {field.Access}", mayBeNull);
            case FieldKind.Records: return Nullable("Records", $"{flexible}, {field.Access}", mayBeNull);
            case FieldKind.Bytes: return Nullable("Bytes", flexible, mayBeNull);
            default: return $"{cast}reader.Read{field.Kind}()";
        }
    }

    private static string Nullable(string what, string arguments, string mayBeNull) => mayBeNull switch
    {
        "true" => $"reader.ReadNullable{what}({arguments})",
        "false" => $"reader.Read{what}({arguments})",
        _ => $"{mayBeNull} ? reader.ReadNullable{what}({arguments}) : reader.Read{what}({arguments})",
    };

    private static void Structure(EmitScope scope, FieldModel field, string mayBeNull)
    {
        var code = scope.Code;
        if (mayBeNull == "false")
        {
            code.Line($"({field.Access} ??= new()).Read(ref reader, version);");
            return;
        }

        var condition = mayBeNull == "true" ? "" : $"{mayBeNull} && ";
        code.Line($"if ({condition}{(field.IsTagged ? "reader.ReadUVarInt() == 0" : "reader.ReadInt8() < 0")}) {field.Access} = null;");
        code.Open("else");
        code.Line($"reader.Charge({scope.Weight(field)});");
        code.Line($"({field.Access} ??= new()).Read(ref reader, version);");
        code.Close();
    }

    private static void PrimitiveList(EmitScope scope, FieldModel field, string flexible, string mayBeNull)
    {
        var code = scope.Code;
        code.Open("");
        code.Line($"var list = reader.Read{field.Kind}List({flexible}, {field.Access});");
        if (mayBeNull != "true")
        {
            var guard = mayBeNull == "false" ? "" : $" && {Conditions.Not(mayBeNull)}";
            code.Line($"if (list is null{guard}) reader.ThrowNull(\"{scope.Owner}.{field.Name}\");");
        }

        code.Line($"{field.Access} = list{(field.IsNullable ? "" : "!")};");
        code.Close();
    }

    private static void StructureList(EmitScope scope, FieldModel field, string flexible, string mayBeNull)
    {
        var code = scope.Code;
        code.Open("");
        code.Line($"int count = reader.ReadCount({flexible}, {scope.SizeMin(field)}, {scope.Weight(field) + SlotBytes});");
        code.Open("if (count < 0)");
        if (mayBeNull != "true")
        {
            var guard = mayBeNull == "false" ? "" : $"if ({Conditions.Not(mayBeNull)}) ";
            code.Line($"{guard}reader.ThrowNull(\"{scope.Owner}.{field.Name}\");");
        }

        code.Line($"{field.Access} = null{(field.IsNullable ? "" : "!")};");
        code.Close();
        code.Open("else");
        code.Line($"var list = {field.Access} ??= [];");
        code.Line($"list.EnsureCapacity(count);");
        code.Line("int known = global::System.Math.Min(list.Count, count);");
        code.Line("for (int i = 0; i < known; i++) list[i].Read(ref reader, version);");
        code.Open("for (int i = known; i < count; i++)");
        code.Line($"var element = new {field.Structure}();");
        code.Line("element.Read(ref reader, version);");
        code.Line("list.Add(element);");
        code.Close();
        code.Line("if (list.Count > count) list.RemoveRange(count, list.Count - count);");
        code.Close();
        code.Close();
    }
}
