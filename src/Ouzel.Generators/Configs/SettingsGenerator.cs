using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Generators.Configs;

/// <summary>
/// Turns properties marked [Setting] into the table behind server.properties, DescribeConfigs, IncrementalAlterConfigs and docs/config.md,
/// so that a setting is declared once.
/// </summary>
[Generator]
public sealed class SettingsGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor BadDeclaration = new(
        "OUZS001", "A setting is declared wrongly", "Setting {0} ({1}.{2}) {3}", "Ouzel.Settings", DiagnosticSeverity.Error, isEnabledByDefault: true);

    private static readonly DiagnosticDescriptor DeclaredTwice = new(
        "OUZS002", "A setting is declared twice", "Setting {0} is declared twice: a setting has one home", "Ouzel.Settings", DiagnosticSeverity.Error, isEnabledByDefault: true);

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var settings = context.SyntaxProvider.ForAttributeWithMetadataName(
            "Ouzel.Broker.Configs.SettingAttribute",
            static (node, _) => node is PropertyDeclarationSyntax,
            SettingParser.Parse).Collect();

        context.RegisterSourceOutput(settings, static (output, found) =>
        {
            if (found.IsEmpty)
            {
                return;
            }

            foreach (var wrong in found.Where(s => s.Problem is not null))
            {
                output.ReportDiagnostic(Diagnostic.Create(BadDeclaration, Location.None, wrong.Name, wrong.Owner, wrong.Property, wrong.Problem));
            }

            var declared = found.Select(s => (s.Scope, Name: s.Name.Trim('"'))).Concat(found.Where(s => s.Broker is not null).Select(s => (Scope: "Broker", Name: s.Broker!)));
            foreach (var twice in declared.GroupBy(s => s).Where(g => g.Count() > 1))
            {
                output.ReportDiagnostic(Diagnostic.Create(DeclaredTwice, Location.None, twice.Key.Name));
            }

            var good = found.Where(s => s.Problem is null).ToList();
            foreach (var owner in good.GroupBy(s => s.Owner))
            {
                output.AddSource($"{owner.Key}.Settings.g.cs", SettingEmitter.Class(owner.Key, owner));
            }

            output.AddSource("SettingTables.g.cs", SettingEmitter.Tables(good));
        });
    }
}
