using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Tidy.Tests;

/// <summary>The parts that a class is split into.</summary>
public sealed class PartTests
{
    private const int PartsMax = 3;

    /// <summary>Classes above the ceiling, with the reason. The list only shrinks: a number that is too high fails as well.</summary>
    private static readonly Dictionary<string, int> Above = new(StringComparer.Ordinal)
    {
        // One state machine over one image; its requests are the parts. A second class in it would share every field.
        ["Ouzel.Broker.Cluster.Controller"] = 10,
        // One lock guards the segments, and each part is one use of them.
        ["Ouzel.Storage.PartitionLog"] = 6,
        // One lock guards the logs of the directory.
        ["Ouzel.Storage.LogDirectory"] = 4,
        // The consumer's loops share one gate.
        ["Ouzel.Client.Consuming.ConsumerCore"] = 4,
        // Each folder adds what its clients are opened by.
        ["Ouzel.Client.OuzelClient"] = 4,
        // A ref struct cannot be held by another class.
        ["Ouzel.Protocol.Wire.WireReader"] = 4,
    };

    [Fact]
    public void A_class_has_at_most_three_parts() =>
        Checkout.NothingFound(Wrong(Sources.All, Above), $"Above {PartsMax} parts there are two classes in it: find the second:");

    [Fact]
    public void A_fourth_part_is_found()
    {
        List<SourceFile> files = [.. "abcd".Select(c => Sources.Parse($"src/A/B.{c}.cs", "namespace A;\npartial class B;"))];
        Assert.Empty(Wrong(files[..3], []));
        Assert.Equal(["A.B has 4 parts"], Wrong(files, []));
        Assert.Empty(Wrong(files, new() { ["A.B"] = 4 }));
        Assert.Equal(["A.B has 4 parts, the list says 5"], Wrong(files, new() { ["A.B"] = 5 }));
        Assert.Equal(["A.B has 3 parts, the list says 4"], Wrong(files[..3], new() { ["A.B"] = 4 }));
    }

    [Fact]
    public void The_lines_of_a_domain_are_no_parts() =>
        Assert.Empty(Wrong([.. "abcd".Select(c => Sources.Parse($"src/A/Log.{c}.cs", "namespace A;\npartial class Log;"))], []));

    private static List<string> Wrong(IEnumerable<SourceFile> files, Dictionary<string, int> above)
    {
        var counts = files.Where(f => !Path.GetFileName(f.Path).StartsWith("Log.", StringComparison.Ordinal))
            .SelectMany(f => f.Root.DescendantNodes().OfType<TypeDeclarationSyntax>()
                .Where(t => t.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax && t.Modifiers.Any(SyntaxKind.PartialKeyword))
                .Select(t => (f.Path, f.Project, Name: $"{(t.Parent as BaseNamespaceDeclarationSyntax)?.Name}.{t.Identifier.Text}{t.TypeParameterList}")))
            .Distinct()
            .GroupBy(p => (p.Project, p.Name), (key, parts) => (key.Name, Count: parts.Count()))
            .ToList();
        return
        [
            .. counts.Where(c => c.Count > PartsMax && !above.ContainsKey(c.Name)).Select(c => $"{c.Name} has {c.Count} parts"),
            .. above.Select(a => (a.Key, a.Value, Count: counts.Where(c => c.Name == a.Key).Select(c => c.Count).DefaultIfEmpty().Max()))
                .Where(a => a.Count != a.Value).Select(a => $"{a.Key} has {a.Count} parts, the list says {a.Value}"),
        ];
    }
}
