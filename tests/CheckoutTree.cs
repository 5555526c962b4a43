using System.Runtime.InteropServices;

namespace Ouzel;

/// <summary>This checkout: its root, and what was recorded from Apache Kafka, which lies in the tree itself. What is missing fails the test that wants it.</summary>
/// <remarks>Compiled into every test project. tests/golden/README.md says how each part was recorded; eng/take-golden brings it over again.</remarks>
internal static class CheckoutTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>Kafka's answers and files as recorded: facts, conversations, log directories, messages, bytes.</summary>
    public static string Golden { get; } = Path.Combine(Root, "tests", "golden");

    /// <summary>The programs that ask a running broker the questions whose answers are in <see cref="Golden"/>.</summary>
    public static string Conformance { get; } = Path.Combine(Root, "tests", "conformance");

    /// <summary>Kafka's messages, error codes and settings.</summary>
    public static string Protocol { get; } = Path.Combine(Root, "tests", "protocol");

    /// <summary>Small inputs that failed once.</summary>
    public static string Cases { get; } = Path.Combine(Root, "tests", "cases");

    /// <summary>This machine by the name that eng/publish has for its kind, such as linux-x64.</summary>
    public static string Machine { get; } =
        (OperatingSystem.IsLinux() ? "linux-" : OperatingSystem.IsMacOS() ? "osx-" : "win-") + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    /// <summary>
    /// The program that tests start: the one that OUZEL_EXECUTABLE names; or the published one, if these tests are a Release build on its kind of machine and it is
    /// no older than that (./test publishes after it has built); or what was built.
    /// </summary>
    /// <param name="built">The executable in the folder of the build.</param>
    public static string ProgramOr(string built)
    {
        if (Environment.GetEnvironmentVariable("OUZEL_EXECUTABLE") is { Length: > 0 } named)
        {
            return named;
        }

        var published = Path.Combine(Root, "artifacts", "linux-x64", "ouzel");
        var isRelease = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal);
        if (!isRelease || Machine != "linux-x64" || !File.Exists(published))
        {
            return built;
        }

        var made = File.GetLastWriteTimeUtc(published);
        return Directory.EnumerateFiles(Path.GetDirectoryName(built)!, "ouzel*.dll", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive })
            .Where(f => !f.EndsWith(".Tests.dll", StringComparison.Ordinal))
            .All(f => File.GetLastWriteTimeUtc(f) <= made) ? published : built;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ouzel.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Ouzel.slnx above {AppContext.BaseDirectory}");
    }
}
