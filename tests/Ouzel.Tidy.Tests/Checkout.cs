using System.Text.RegularExpressions;

namespace Ouzel.Tidy.Tests;

/// <summary>The files of this checkout as text: everything a commit could hold, nothing that a build made.</summary>
internal static partial class Checkout
{
    private static readonly HashSet<string> BuiltFolders =
        new(StringComparer.Ordinal) { "bin", "obj", ".git", ".build", "node_modules", "TestResults", "ouzel-data", "BenchmarkDotNet.Artifacts", "artifacts", ".vs", ".idea" };

    private static readonly HashSet<string> BinaryEndings = new(StringComparer.Ordinal) { ".png", ".ico", ".gz", ".zip", ".bin", ".log", ".index" };

    private static readonly string[] RecordedFolders = ["tests/golden/", "tests/conformance/", "tests/protocol/", "tests/cases/"];

    public static string Root => CheckoutTree.Root;

    /// <summary>Paths relative to the root, with '/' between folders, sorted.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(Relative).Order(StringComparer.Ordinal)];

    /// <summary>Of the folders that eng/take-golden fills.</summary>
    public static bool IsRecorded(string file) => RecordedFolders.Any(f => file.StartsWith(f, StringComparison.Ordinal));

    public static IEnumerable<string> CSharp => Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>The texts written by hand: recordings, which are brought over as they are, are no text of ours.</summary>
    public static IEnumerable<string> Texts => Files.Where(f => !BinaryEndings.Contains(Path.GetExtension(f)) && !IsRecorded(f));

    public static IEnumerable<string> Under(string folder) => CSharp.Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal));

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    public static bool Has(string relative) => File.Exists(Path.Combine(Root, relative));

    /// <summary>"file:line text" for each line of the files that the pattern matches.</summary>
    public static List<string> Matches(IEnumerable<string> files, Regex pattern)
    {
        var found = new List<string>();
        foreach (var file in files)
        {
            var text = Read(file);
            foreach (Match match in pattern.Matches(text))
            {
                var line = text.AsSpan(0, match.Index).Count('\n') + 1;
                found.Add($"{file}:{line} {match.Value.Trim()}");
            }
        }

        return found;
    }

    /// <summary>Fails with one line per finding, after a sentence that says what to do.</summary>
    public static void NothingFound(IReadOnlyCollection<string> findings, string whatToDo) =>
        Assert.True(findings.Count == 0, $"{whatToDo}\n  {string.Join("\n  ", findings)}");

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            // A worktree has a file here where a clone has a folder.
            if (Path.GetFileName(file) != ".git")
            {
                yield return file;
            }
        }

        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            if (BuiltFolders.Contains(Path.GetFileName(inner)) || File.ResolveLinkTarget(inner, returnFinalTarget: false) is not null)
            {
                continue;
            }

            foreach (var file in Walk(inner))
            {
                yield return file;
            }
        }
    }
}
