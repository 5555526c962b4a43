namespace Ouzel;

/// <summary>This checkout: its root, and what was recorded from Apache Kafka, which lies in the tree itself. What is missing fails the test that wants it.</summary>
/// <remarks>Compiled into every test project. tests/golden/README.md says how each part was recorded; eng/take-golden brings it over again.</remarks>
internal static class CheckoutTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>What Kafka answered and wrote: facts, conversations, log directories, messages, bytes.</summary>
    public static string Golden { get; } = Path.Combine(Root, "tests", "golden");

    /// <summary>The programs that ask a running broker the questions whose answers are in <see cref="Golden"/>.</summary>
    public static string Conformance { get; } = Path.Combine(Root, "tests", "conformance");

    /// <summary>Kafka's messages, error codes and settings.</summary>
    public static string Protocol { get; } = Path.Combine(Root, "tests", "protocol");

    /// <summary>Small inputs that failed once.</summary>
    public static string Cases { get; } = Path.Combine(Root, "tests", "cases");

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
