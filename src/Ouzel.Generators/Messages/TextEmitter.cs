namespace Ouzel.Generators.Messages;

/// <summary>Emits ToString: one line, bytes as lengths, secrets never.</summary>
internal static class TextEmitter
{
    public static void Emit(EmitScope scope, bool isMessage)
    {
        var code = scope.Code;
        code.Line("/// <summary>One line for logs; secrets are left out, long lists cut.</summary>");
        var name = isMessage ? scope.Owner : scope.Owner.Substring(scope.Owner.LastIndexOf('.') + 1);
        code.Line($"public override string ToString() => MessageText.Of(\"{name}\", this);");
        code.Line();
        code.Open("void IDescribed.Describe(MessageText text)");
        foreach (var field in scope.Fields)
        {
            if (field.Secret)
            {
                code.Line($"text.AddSecret(\"{field.Name}\");");
            }
            else if (field.EnumType is not null && !field.IsList)
            {
                code.Line($"text.Add(\"{field.Name}\", {field.Access}.ToString());");
            }
            else
            {
                code.Line($"text.Add(\"{field.Name}\", {field.Access});");
            }
        }

        code.Close();
    }
}
