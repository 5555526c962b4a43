using System.Runtime.Versioning;

namespace Ouzel.Tidy.Tests;

/// <summary>Lengths and places of files.</summary>
public sealed class FileTests
{
    /// <summary>A ratchet: lowered when the longest file allows it, never raised. STYLE.md began with 800.</summary>
    private const int LinesMax = 500;

    private static readonly string[] FolderKinds = ["Common", "Utils", "Util", "Helpers", "Helper", "Abstractions", "Misc", "Shared"];
    private static readonly string[] TypeKinds = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities"];

    [Fact]
    public void No_file_is_longer_than_the_ceiling()
    {
        List<string> wrong = [.. Checkout.Texts.Where(IsCode)
            .Select(f => (File: f, Lines: Checkout.Read(f).AsSpan().Count('\n')))
            .Where(f => f.Lines > LinesMax)
            .Select(f => $"{f.File} has {f.Lines} lines")];
        Checkout.NothingFound(wrong, $"Files end at {LinesMax} lines. Split by concern, with a dotted name or a new type:");
    }

    [Fact]
    public void No_folder_is_named_after_a_kind()
    {
        List<string> wrong = [.. Checkout.Files.Where(f => f.Split('/').SkipLast(1).Intersect(FolderKinds, StringComparer.OrdinalIgnoreCase).Any())];
        Checkout.NothingFound(wrong, "Folders are domains. Put these beside what they serve:");
    }

    [Fact]
    public void No_type_is_named_after_its_author_s_doubts()
    {
        List<string> wrong = [.. Checkout.CSharp.Where(f => TypeKinds.Any(k => Path.GetFileName(f).Split('.')[0].EndsWith(k, StringComparison.Ordinal)))];
        Checkout.NothingFound(wrong, "A noun that could head a paragraph of documentation, please:");
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Commands_are_executable()
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute;
        string[] commands = [.. new[] { "ouzel", "test", ".ci/run", "bench/run", "bench/compare", "bench/client", "eng/publish", "eng/simulate", "eng/stress", "eng/take-golden" }.Where(Checkout.Has)];
        Assert.Contains("test", commands);
        List<string> wrong = [.. commands.Where(c => (File.GetUnixFileMode(Path.Combine(Checkout.Root, c)) & Execute) == 0)];
        Checkout.NothingFound(wrong, "chmod +x:");
    }

    private static bool IsCode(string file) =>
        Path.GetExtension(file) is ".cs" or ".py" or ".js" or ".cjs" or ".mjs" or ".go" or ".sh" || !Path.GetFileName(file).Contains('.', StringComparison.Ordinal) && file != "LICENSE";
}
