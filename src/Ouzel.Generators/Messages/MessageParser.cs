using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Generators.Messages;

/// <summary>Turns an attributed class into a <see cref="MessageModel"/>.</summary>
internal sealed class MessageParser
{
    private readonly List<DiagnosticInfo> _diagnostics = [];
    private readonly Dictionary<string, List<FieldModel>> _structures = new();
    private readonly List<string> _order = [];
    private readonly INamedTypeSymbol _type;
    private readonly FieldParser _fields;
    private readonly CancellationToken _cancellation;

    private MessageParser(INamedTypeSymbol type, SemanticModel semantics, CancellationToken cancellation)
    {
        _type = type;
        _cancellation = cancellation;
        _fields = new FieldParser(type, semantics, _diagnostics);
    }

    public static MessageResult Parse(GeneratorAttributeSyntaxContext found, MessageKind kind, CancellationToken cancellation)
    {
        var parser = new MessageParser((INamedTypeSymbol)found.TargetSymbol, found.SemanticModel, cancellation);
        var message = parser.Message(found.Attributes[0], kind);
        var failed = parser._diagnostics.Count > 0;
        return new MessageResult(failed ? null : message, new EquatableArray<DiagnosticInfo>([.. parser._diagnostics]));
    }

    private MessageModel? Message(AttributeData attribute, MessageKind kind)
    {
        var arguments = attribute.ConstructorArguments;
        if (arguments.Length == 0 || arguments[arguments.Length - 1].Value is not string versionsText)
        {
            return null;
        }

        if (!TryVersions(versionsText, _type, out var versions))
        {
            return null;
        }

        if (!TryVersions(Named(attribute, "Flexible"), _type, out var flexible))
        {
            return null;
        }

        CheckModifiers(_type);
        foreach (var nested in _type.GetTypeMembers().Where(IsStructure))
        {
            _cancellation.ThrowIfCancellationRequested();
            CheckModifiers(nested);
            _order.Add(nested.Name);
            _structures[nested.Name] = _fields.Parse(nested);
        }

        var body = _fields.Parse(_type);
        if (_diagnostics.Count > 0)
        {
            return null;
        }

        var layout = new MessageLayout(versions, flexible, body, _structures);
        if (layout.Recursive is { } recursive)
        {
            _diagnostics.Add(DiagnosticInfo.At(MessageDiagnostics.Recursive, Place(_type), recursive));
            return null;
        }

        CheckVersions(_type.Name, versions, flexible, body);
        foreach (var name in _order)
        {
            CheckVersions(name, layout.Context(name), flexible, _structures[name]);
        }

        var (key, keyName) = Key(arguments[0], kind);
        return new MessageModel(
            _type.ContainingNamespace.ToDisplayString(),
            kind,
            key,
            keyName,
            versions,
            flexible,
            new StructureModel(_type.Name, new EquatableArray<FieldModel>([.. body]), versions, layout.SizeMin(body, versions), Weight(body)),
            new EquatableArray<StructureModel>([.. _order.Select(name => Structure(name, layout))]));
    }

    private StructureModel Structure(string name, MessageLayout layout)
    {
        var fields = _structures[name];
        var context = layout.Context(name);
        return new StructureModel(name, new EquatableArray<FieldModel>([.. fields]), context, layout.SizeMin(fields, context), Weight(fields));
    }

    private int Weight(List<FieldModel> fields) => new MessageWeight(_structures).Of(fields);

    private void CheckModifiers(INamedTypeSymbol type)
    {
        var declarations = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<ClassDeclarationSyntax>();
        var partial = declarations.All(c => c.Modifiers.Any(SyntaxKind.PartialKeyword));
        if (!partial || !type.IsSealed)
        {
            _diagnostics.Add(DiagnosticInfo.At(MessageDiagnostics.NotPartial, Place(type), type.Name));
        }
    }

    private void CheckVersions(string owner, VersionRange context, VersionRange flexible, List<FieldModel> fields)
    {
        if (context.IsEmpty)
        {
            return;
        }

        var tags = new HashSet<int>();
        foreach (var field in fields)
        {
            var name = $"{owner}.{field.Name}";
            var present = field.In.And(context);
            if (present.IsEmpty)
            {
                Report(MessageDiagnostics.NeverPresent, name);
            }
            else if (field.IsNullable && field.NullIn.And(present).IsEmpty)
            {
                Report(MessageDiagnostics.NullWhereAbsent, name);
            }

            if (!field.IsTagged)
            {
                continue;
            }

            if (!flexible.Covers(present))
            {
                Report(MessageDiagnostics.TaggedNotFlexible, name);
            }

            if (!tags.Add(field.Tag))
            {
                Report(MessageDiagnostics.DuplicateTag, $"{field.Tag}", owner);
            }
        }
    }

    private void Report(DiagnosticDescriptor rule, params string[] arguments) => _diagnostics.Add(DiagnosticInfo.At(rule, Place(_type), arguments));

    private bool TryVersions(string? text, ISymbol symbol, out VersionRange versions)
    {
        if (VersionRange.TryParse(text, out versions))
        {
            return true;
        }

        _diagnostics.Add(DiagnosticInfo.At(MessageDiagnostics.BadVersions, Place(symbol), text ?? ""));
        return false;
    }

    private static (int Key, string Name) Key(TypedConstant first, MessageKind kind)
    {
        if (kind == MessageKind.Data)
        {
            return (0, "");
        }

        var key = Convert.ToInt32(first.Value, System.Globalization.CultureInfo.InvariantCulture);
        if (kind == MessageKind.Record)
        {
            return (key, "");
        }

        var member = first.Type!.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => Equals(f.ConstantValue, first.Value));
        return (key, member?.Name ?? "");
    }

    internal static bool IsStructure(INamedTypeSymbol type) => Attribute(type, "KafkaStructAttribute") is not null;

    internal static AttributeData? Attribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a =>
            a.AttributeClass?.Name == name && a.AttributeClass.ContainingNamespace is { Name: "Protocol", ContainingNamespace: { Name: "Ouzel" } });

    internal static string? Named(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value as string;

    internal static Location? Place(ISymbol symbol) => symbol.Locations.FirstOrDefault();
}
