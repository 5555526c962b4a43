namespace Ouzel.Interop.Tests;

/// <summary>Where things lie: this checkout, the shared data beside it, the built executable, a place for temporary files.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>Golden files and recordings; OUZEL_SHARED wins over the folder beside the checkout.</summary>
    public static string Shared { get; } = FindShared();

    public static string Clients => Path.Combine(Root, "tests", "Ouzel.Interop.Tests", "clients");

    /// <summary>The executable of the configuration that these tests were built in; OUZEL_EXECUTABLE names another, such as a published one.</summary>
    public static string Executable
    {
        get
        {
            if (Environment.GetEnvironmentVariable("OUZEL_EXECUTABLE") is { Length: > 0 } other)
            {
                return other;
            }

            string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            string path = Path.Combine(Root, "src", "Ouzel", "bin", configuration, "net10.0", "ouzel");
            Assert.True(File.Exists(path), $"{path} is not built");
            return path;
        }
    }

    /// <summary>A new empty folder, named after its purpose.</summary>
    public static string TemporaryFolder(string purpose) => Directory.CreateTempSubdirectory($"ouzel-{purpose}-").FullName;

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

    private static string FindShared()
    {
        string path = Environment.GetEnvironmentVariable("OUZEL_SHARED") ?? Path.GetFullPath(Path.Combine(Root, "..", "shared"));
        Assert.True(Directory.Exists(path), $"The shared data is not at {path}; OUZEL_SHARED names another place");
        return path;
    }
}
