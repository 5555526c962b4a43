using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Ouzel.Generators.Messages;

namespace Ouzel.Generators.Tests.Messages;

/// <summary>Runs the generator over a piece of source, with the attributes it looks for beside it.</summary>
internal static class GeneratorRun
{
    public const string Attributes = """
        using System;
        using System.Collections.Generic;
        using Ouzel.Protocol.Records;
        namespace Ouzel.Protocol
        {
            public enum ApiKey : short { Produce = 0, Fetch = 1 }
            public enum ErrorCode : short { None = 0 }
            public struct Uuid { }
            public interface IWireMessage { }
            public sealed class KafkaRequestAttribute(ApiKey apiKey, string versions) : Attribute { public string? Flexible { get; set; } }
            public sealed class KafkaResponseAttribute(ApiKey apiKey, string versions) : Attribute { public string? Flexible { get; set; } }
            public sealed class KafkaRecordAttribute(short type, string versions) : Attribute { public string? Flexible { get; set; } }
            public sealed class KafkaDataAttribute(string versions) : Attribute { public string? Flexible { get; set; } }
            public sealed class KafkaStructAttribute : Attribute { public string? Name { get; set; } }
            public sealed class InAttribute(string versions) : Attribute { public bool Ignorable { get; set; } }
            public sealed class TaggedAttribute(int tag, string versions) : Attribute { public bool Ignorable { get; set; } }
            public sealed class NullInAttribute(string versions) : Attribute { }
            public sealed class NeverFlexibleAttribute : Attribute { }
            public sealed class SecretAttribute : Attribute { }
        }
        namespace Ouzel.Protocol.Records
        {
            public abstract class RecordsData { }
        }
        """;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);
    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is "System.Runtime.dll" or "System.Private.CoreLib.dll" or "System.Collections.dll" or "netstandard.dll")
            .Select(p => MetadataReference.CreateFromFile(p))];

    public static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(source, Options, path: "Subject.cs");

    public static CSharpCompilation Compile(params string[] sources) =>
        CSharpCompilation.Create("Subject", [Parse(Attributes), .. sources.Select(Parse)], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static GeneratorDriver Driver() =>
        CSharpGeneratorDriver.Create(
            [new MessageGenerator().AsSourceGenerator()],
            parseOptions: Options,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The body of one message, in a file of its own.</summary>
    public static GeneratorDriverRunResult Of(string message) => Driver().RunGenerators(Compile(Message(message))).GetRunResult();

    public static string Message(string message) => $$"""
        using System;
        using System.Collections.Generic;
        using Ouzel.Protocol;
        using Ouzel.Protocol.Records;
        namespace Subject;
        {{message}}
        """;
}
