using Microsoft.CodeAnalysis;

namespace Ouzel.Generators.Messages;

/// <summary>The faults that a message's declaration can have. Numbers are never used again for something else.</summary>
internal static class MessageDiagnostics
{
    public static readonly DiagnosticDescriptor NotPartial = Rule("OUZ001", "'{0}' must be sealed and partial, and so must the class around it be partial");
    public static readonly DiagnosticDescriptor BadVersions = Rule("OUZ002", "'{0}' are no versions: write \"0-4\", \"3\", \"2+\" or \"none\"");
    public static readonly DiagnosticDescriptor BadType = Rule("OUZ003", "Kafka's protocol has no type for '{0}' of type '{1}'");
    public static readonly DiagnosticDescriptor NullabilityDiffers = Rule("OUZ004", "'{0}': '?' and [NullIn] belong together");
    public static readonly DiagnosticDescriptor DuplicateTag = Rule("OUZ005", "Tag {0} is given twice in '{1}'");
    public static readonly DiagnosticDescriptor TaggedNotFlexible = Rule("OUZ006", "'{0}' is tagged in versions that are not flexible");
    public static readonly DiagnosticDescriptor BadDefault = Rule("OUZ007", "The default of '{0}' must be a constant, \"\", [], new() or absent");
    public static readonly DiagnosticDescriptor UnknownStructure = Rule("OUZ008", "'{0}' must be a [KafkaStruct] nested in its message");
    public static readonly DiagnosticDescriptor Recursive = Rule("OUZ009", "'{0}' contains itself: the depth of a message must be bounded");
    public static readonly DiagnosticDescriptor NeverPresent = Rule("OUZ010", "No version of the message has '{0}'");
    public static readonly DiagnosticDescriptor NullWhereAbsent = Rule("OUZ011", "'{0}' may be null in no version that has it");
    public static readonly DiagnosticDescriptor BadRecords = Rule("OUZ012", "'{0}': records can be neither tagged nor listed");
    public static readonly DiagnosticDescriptor InAndTagged = Rule("OUZ013", "'{0}': [Tagged] names the versions, [In] must not");
    public static readonly DiagnosticDescriptor DuplicateKey = Rule("OUZ014", "Api key {0} has two messages of one kind: '{1}' and '{2}'");

    private static DiagnosticDescriptor Rule(string id, string text) =>
        new(id, text.Substring(0, Math.Min(text.Length, 60)), text, "Ouzel.Messages", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
