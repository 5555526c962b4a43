using Microsoft.CodeAnalysis;
using Ouzel.Generators.Messages;

namespace Ouzel.Generators.Tests.Messages;

/// <summary>An edit that changes no message must not make the generator write its codec again: there are hundreds.</summary>
public sealed class MessageIncrementalityTests
{
    private static readonly string First = GeneratorRun.Message("""[KafkaData("0-1")] public sealed partial class First { public int A { get; set; } }""");
    private static readonly string Second = GeneratorRun.Message("""[KafkaData("0-1")] public sealed partial class Second { public int B { get; set; } }""");

    [Fact]
    public void A_comment_elsewhere_writes_nothing_again()
    {
        var reasons = Rerun("// nothing", "// something else");
        Assert.All(reasons, r => Assert.True(r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{r}"));
    }

    [Fact]
    public void A_method_added_to_a_message_writes_nothing_again()
    {
        var reasons = Rerun(Second, Second.Replace("public int B", "public int Twice() => B * 2; public int B", StringComparison.Ordinal));
        Assert.All(reasons, r => Assert.True(r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{r}"));
    }

    [Fact]
    public void A_changed_field_writes_its_own_message_again_and_no_other()
    {
        var reasons = Rerun(Second, Second.Replace("int B", "long B", StringComparison.Ordinal));
        Assert.Equal(1, reasons.Count(r => r is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New));
    }

    private static List<IncrementalStepRunReason> Rerun(string before, string after)
    {
        var compilation = GeneratorRun.Compile(First, before);
        var driver = GeneratorRun.Driver().RunGenerators(compilation);
        var changed = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[^1], GeneratorRun.Parse(after));
        var steps = driver.RunGenerators(changed).GetRunResult().Results[0].TrackedSteps[MessageGenerator.ParseStep];
        return [.. steps.SelectMany(s => s.Outputs).Select(o => o.Reason)];
    }
}
