using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Generators.Configs;

/// <summary>Reads one [Setting] property: the attribute, the type, the initialiser as default, the summary as documentation.</summary>
internal static class SettingParser
{
    private static readonly Dictionary<string, (string Reader, string Type)> Types = new()
    {
        ["bool"] = ("Bool", "Boolean"),
        ["string"] = ("Text", "String"),
        ["int"] = ("Int", "Int"),
        ["short"] = ("Short", "Short"),
        ["long"] = ("Long", "Long"),
        ["double"] = ("Double", "Double"),
        ["System.Collections.Generic.IReadOnlyList<string>"] = ("List", "List"),
    };

    private static readonly Regex Summary = new("<summary>(.*?)</summary>", RegexOptions.Singleline);

    public static SettingModel Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var symbol = (IPropertySymbol)context.TargetSymbol;
        var syntax = (PropertyDeclarationSyntax)context.TargetNode;
        var attribute = (AttributeSyntax)context.Attributes[0].ApplicationSyntaxReference!.GetSyntax(cancellation);
        var arguments = attribute.ArgumentList!.Arguments;
        var nullable = syntax.Type is NullableTypeSyntax;
        var typeName = PlainType(symbol.Type);
        var known = Types.TryGetValue(typeName, out var kind);
        var documentation = DocumentationOf(syntax);
        var group = symbol.ContainingType.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == "SettingsGroupAttribute");

        var scope = group is null ? "Broker" : ScopeName(group);
        var from = context.Attributes[0].NamedArguments.FirstOrDefault(a => a.Key == "From").Value.Value as string ?? "";
        var origins = from.Split(',');
        string? problem = null;
        if (!known)
        {
            problem = $"has the type {typeName}, which no setting can have";
        }
        else if (documentation.Length == 0)
        {
            problem = "needs a summary: it is what DescribeConfigs and docs/config.md say";
        }
        else if (group is null)
        {
            problem = "stands in a class without [SettingsGroup]";
        }

        return new SettingModel(
            symbol.ContainingType.Name,
            scope,
            symbol.Name,
            arguments[0].ToString(),
            kind.Reader + (nullable ? "OrNull" : ""),
            kind.Type ?? "",
            DefaultOf(syntax, context.Attributes[0]),
            documentation,
            string.Join(", ", arguments.Skip(1).Select(a => a.ToString())),
            scope == "Topic" && from.Length > 0 ? origins[0].Trim() : null,
            BrokerArguments(arguments, origins.Length > 1),
            origins.Length == 1,
            problem);
    }

    /// <summary>
    /// The broker's setting is the topic's, and can be changed for the cluster. Where several of the broker's stand in for a topic's, the first is without bounds and
    /// default, as Kafka has it: else the others would never be asked.
    /// </summary>
    private static string BrokerArguments(SeparatedSyntaxList<AttributeArgumentSyntax> arguments, bool hasStandIns) =>
        "Dynamic = DynamicMode.ClusterWide" + string.Concat(arguments.Skip(1)
            .Where(a => a.NameEquals?.Name.Identifier.Text is var name && name != "From" && !(hasStandIns && name is "Min" or "Max" or "Or"))
            .Select(a => $", {a}"));

    private static string PlainType(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } named)
        {
            type = named.TypeArguments[0];
        }

        return type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString();
    }

    private static string ScopeName(AttributeData group)
    {
        var value = group.ConstructorArguments[0];
        return value.Type!.GetMembers().OfType<IFieldSymbol>().First(f => f.HasConstantValue && Equals(f.ConstantValue, value.Value)).Name;
    }

    /// <summary>The initialiser's own text: the generated table evaluates it, so a constant has one spelling.</summary>
    private static string DefaultOf(PropertyDeclarationSyntax syntax, AttributeData attribute)
    {
        var required = attribute.NamedArguments.Any(a => a.Key == "Required" && a.Value.Value is true);
        return syntax.Initializer is null || required ? "null" : $"SettingText.Of({syntax.Initializer.Value})";
    }

    private static string DocumentationOf(PropertyDeclarationSyntax syntax)
    {
        // The compiler may run without parsing documentation, so the comment is read as plain text.
        var text = new StringBuilder();
        foreach (var line in syntax.GetLeadingTrivia().ToFullString().Split('\n'))
        {
            var trimmed = line.Trim();
            if (trimmed.StartsWith("///", System.StringComparison.Ordinal))
            {
                text.Append(trimmed.Substring(3).Trim()).Append(' ');
            }
        }

        var match = Summary.Match(text.ToString());
        return match.Success ? match.Groups[1].Value.Trim().Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&") : "";
    }
}
