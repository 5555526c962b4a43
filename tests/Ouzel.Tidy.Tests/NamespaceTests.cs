using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Tidy.Tests;

/// <summary>The namespace of a file is its folder, name for name.</summary>
public sealed class NamespaceTests
{
    /// <summary>Folders whose files share the namespace above them, with the reason.</summary>
    private static readonly Dictionary<string, string> Shared = new(StringComparer.Ordinal)
    {
        // Who writes a handler takes any message with one using; the folders only keep two hundred files apart.
        ["src/Ouzel.Protocol/Messages"] = "Ouzel.Protocol.Messages",
        // Its public class Faults has the name of a folder, so the folder can be no namespace.
        ["src/Ouzel.Testing"] = "Ouzel.Testing",
        // The loads and what they measure are the program; machine and suite stand beside it.
        ["bench/Ouzel.Load/Loads"] = "Ouzel.Load",
        ["bench/Ouzel.Load/Measure"] = "Ouzel.Load",
        // A user's program, shown as a user would name it.
        ["samples/Testing"] = "Shop.Tests",
    };

    /// <summary>Projects that users compile against: what they make public stands in a namespace that users have anyway, wherever its file lies.</summary>
    private static readonly Dictionary<string, string[]> Libraries = new(StringComparer.Ordinal)
    {
        ["src/Ouzel.Client"] = ["Ouzel.Client"],
        ["src/Ouzel.Client.Hosting"] = ["Ouzel.Client"],
        // Aspire's convention for what is added to an app host.
        ["src/Ouzel.Aspire.Hosting"] = ["Aspire.Hosting", "Aspire.Hosting.ApplicationModel"],
    };

    /// <summary>Files whose namespace somebody else decides: the compiler, every suite, the sources of a copy.</summary>
    private static readonly Dictionary<string, string> Single = new(StringComparer.Ordinal)
    {
        ["src/Ouzel.Generators/Polyfills.cs"] = "System.Runtime.CompilerServices",
        ["tests/Ouzel.Mutation.Tests/Mutation.cs"] = "Ouzel",
        ["tests/Ouzel.Mutation.Tests/MutationTests.cs"] = "Ouzel.MutationTests",
        ["tests/CheckoutTree.cs"] = "Ouzel",
    };

    [Fact]
    public void Namespaces_are_the_folders() =>
        Checkout.NothingFound([.. Sources.All.Select(Wrong).OfType<string>()], "A type is looked for where its namespace says:");

    [Theory]
    [InlineData("src/A/B/C.cs", "namespace A;", "src/A/B/C.cs: A instead of A.B")]
    [InlineData("src/A/B/C.cs", "namespace A.Bc;", "src/A/B/C.cs: A.Bc instead of A.B")]
    [InlineData("src/A/B/C.cs", "namespace X.A.B;", "src/A/B/C.cs: X.A.B instead of A.B")]
    [InlineData("src/A/C.cs", "namespace A.C;", "src/A/C.cs: A.C instead of A")]
    [InlineData("tests/A.Tests/B/C.cs", "namespace A.Tests;", "tests/A.Tests/B/C.cs: A.Tests instead of A.Tests.B")]
    [InlineData("src/A/C.cs", "class C;", "src/A/C.cs: none instead of A")]
    [InlineData("src/Ouzel.Client/B/C.cs", "namespace Ouzel.Client; class C;", "src/Ouzel.Client/B/C.cs: Ouzel.Client instead of Ouzel.Client.B")]
    public void Another_namespace_is_found(string path, string text, string finding) => Assert.Equal(finding, Wrong(Sources.Parse(path, text)));

    [Theory]
    [InlineData("src/A/B/C.cs", "namespace A.B;")]
    [InlineData("src/A/B/Program.cs", "return 0;")]
    [InlineData("src/A/B/C.cs", "global using System;")]
    [InlineData("src/Ouzel.Client/B/C.cs", "namespace Ouzel.Client; public class C;")]
    [InlineData("src/Ouzel.Aspire.Hosting/C.cs", "namespace Aspire.Hosting; public class C;")]
    public void The_folder_s_is_not(string path, string text) => Assert.Null(Wrong(Sources.Parse(path, text)));

    private static string? Wrong(SourceFile file)
    {
        var members = ((CompilationUnitSyntax)file.Root).Members;
        if (members.Count == 0 || members.Any(m => m is GlobalStatementSyntax))
        {
            return null;
        }

        var space = members.OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault();
        var folder = Path.GetDirectoryName(file.Path)!.Replace('\\', '/');
        var expected = Single.GetValueOrDefault(file.Path)
            ?? Shared.Where(s => folder == s.Key || folder.StartsWith(s.Key + "/", StringComparison.Ordinal)).Select(s => s.Value).FirstOrDefault()
            ?? string.Join('.', folder.Split('/').Skip(1));
        var name = space?.Name.ToString() ?? "none";
        var isApi = Libraries.TryGetValue(file.Project, out var spaces) && spaces.Contains(name)
            && space!.Members.OfType<MemberDeclarationSyntax>().Any(m => m.Modifiers.Any(SyntaxKind.PublicKeyword));
        return name == expected || isApi ? null : $"{file.Path}: {name} instead of {expected}";
    }
}
