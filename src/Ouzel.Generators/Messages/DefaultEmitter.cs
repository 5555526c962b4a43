namespace Ouzel.Generators.Messages;

/// <summary>Emits what concerns defaults: Reset puts every field back, IsDefault tells whether a structure is worth a tag.</summary>
internal static class DefaultEmitter
{
    public static void Emit(EmitScope scope)
    {
        var code = scope.Code;
        code.Line("/// <summary>Puts every field back to its default. Lists are emptied, structures reset, neither is replaced.</summary>");
        code.Open("public void Reset()");
        foreach (var field in scope.Fields)
        {
            Reset(scope, field);
        }

        code.Line("UnknownTags = null;");
        code.Close();
        code.Line();
        code.Open("internal bool IsAtDefaults()");
        foreach (var field in scope.Fields)
        {
            code.Line($"if (!({IsDefault(field)})) return false;");
        }

        code.Line("return UnknownTags is not { Count: > 0 };");
        code.Close();
    }

    /// <summary>Emits the assignment of the default.</summary>
    public static void Reset(EmitScope scope, FieldModel field)
    {
        var code = scope.Code;
        var name = field.Access;
        if (field.Default == DefaultKind.Null)
        {
            code.Line($"{name} = null;");
        }
        else if (field.Default == DefaultKind.Constant)
        {
            code.Line($"{name} = {field.Constant};");
        }
        else if (field.IsList)
        {
            code.Line(field.IsNullable ? $"if ({name} is null) {name} = []; else {name}.Clear();" : $"{name}.Clear();");
        }
        else if (field.Kind == FieldKind.Structure && field.IsNullable)
        {
            code.Line($"if ({name} is null) {name} = new(); else {name}.Reset();");
        }
        else if (field.Kind == FieldKind.Structure)
        {
            code.Line($"{name}.Reset();");
        }
        else if (field.Kind == FieldKind.String)
        {
            code.Line($"{name} = \"\";");
        }
        else if (field.Kind == FieldKind.Records)
        {
            code.Line($"{name} = global::Ouzel.Protocol.Records.MemoryRecords.Empty;");
        }
        else
        {
            code.Line($"{name} = global::System.ReadOnlyMemory<byte>.Empty;");
        }
    }

    /// <summary>The condition that a field stands at its default.</summary>
    public static string IsDefault(FieldModel field)
    {
        if (field.Default == DefaultKind.Null)
        {
            return $"{field.Access} is null";
        }

        if (field.Default == DefaultKind.Constant)
        {
            return $"{field.Access} == {field.Constant}";
        }

        if (field.IsList)
        {
            return $"{field.Access} is {{ Count: 0 }}";
        }

        if (field.Kind != FieldKind.Structure)
        {
            return $"{field.Access} is {{ Length: 0 }}";
        }

        return field.IsNullable ? $"{field.Access} is not null && {field.Access}.IsAtDefaults()" : $"{field.Access}.IsAtDefaults()";
    }
}
