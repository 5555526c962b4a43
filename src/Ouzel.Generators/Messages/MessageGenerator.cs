using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Generators.Messages;

/// <summary>Writes the codecs of all attributed messages, and from the requests the tables of <c>ApiCatalog</c>.</summary>
[Generator]
public sealed class MessageGenerator : IIncrementalGenerator
{
    /// <summary>The name of the step whose results the incrementality test looks at.</summary>
    internal const string ParseStep = "Messages";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var requests = Messages(context, "Ouzel.Protocol.KafkaRequestAttribute", MessageKind.Request);
        Emit(context, requests);
        Emit(context, Messages(context, "Ouzel.Protocol.KafkaResponseAttribute", MessageKind.Response));
        Emit(context, Messages(context, "Ouzel.Protocol.KafkaRecordAttribute", MessageKind.Record));
        Emit(context, Messages(context, "Ouzel.Protocol.KafkaDataAttribute", MessageKind.Data));

        var apis = requests.Where(r => r.Message is not null).Select((r, _) => CatalogEntry.Of(r.Message!)).Collect()
            .Select((entries, _) => new EquatableArray<CatalogEntry>([.. entries.OrderBy(e => e.Key)]));
        context.RegisterSourceOutput(apis, static (output, entries) =>
        {
            foreach (var diagnostic in CatalogEmitter.Check(entries))
            {
                output.ReportDiagnostic(diagnostic);
            }

            if (entries.Count > 0)
            {
                output.AddSource("ApiCatalog.g.cs", CatalogEmitter.Emit(entries));
            }
        });
    }

    private static IncrementalValuesProvider<MessageResult> Messages(IncrementalGeneratorInitializationContext context, string attribute, MessageKind kind) =>
        context.SyntaxProvider.ForAttributeWithMetadataName(
            attribute,
            static (node, _) => node is ClassDeclarationSyntax,
            (found, cancellation) => MessageParser.Parse(found, kind, cancellation)).WithTrackingName(ParseStep);

    private static void Emit(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<MessageResult> messages) =>
        context.RegisterSourceOutput(messages, static (output, result) =>
        {
            foreach (var diagnostic in result.Diagnostics)
            {
                output.ReportDiagnostic(diagnostic.ToDiagnostic());
            }

            if (result.Message is { } message)
            {
                output.AddSource($"{message.Namespace}.{message.Name}.g.cs", MessageEmitter.Emit(message));
            }
        });
}
